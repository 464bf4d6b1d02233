-- The customers that are customers still, by name.
create index book_customer_active on book_customer (ended_on, sort_key, id);

-- Lists of what follows an order: an index for every order and state a list can have.
create index book_delivery_status on book_delivery (status, day, id);
create index book_delivery_kind on book_delivery (kind, day, id);

drop index book_invoice_open;
-- Null, as what is settled has it, would have another place in each engine.
create index book_invoice_due on book_invoice (coalesce(open_due, ''), id);
create index book_invoice_status on book_invoice (status, day, id);
create index book_invoice_gross on book_invoice (gross_minor, id);

create index book_credit_note_status on book_credit_note (status, day, id);
create index book_credit_note_kind on book_credit_note (kind, day, id);
create index book_credit_note_gross on book_credit_note (gross_minor, id);

create index book_payment_status on book_payment (status, day, id);
create index book_payment_method on book_payment (method, day, id);
create index book_payment_amount on book_payment (amount_minor, id);
-- Payments under the names all documents have.
create view book_payment_document as
    select id, reference_key as number_key, payer_id as customer_id, day, status, method, currency, amount_minor
      from book_payment;
