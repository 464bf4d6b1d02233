-- Bills that somebody else pays, who are few: by the payer.
create index book_invoice_beside on book_invoice (payer_id, day) where payer_id <> customer_id;
create index book_credit_note_beside on book_credit_note (payer_id, day) where payer_id <> customer_id;
