-- What follows an order: goods out and back, invoices, money in, and what settles what.

-- What became of each line so far, in millionths: caches of the documents below, so that an
-- order's standing is read without adding up its history.
alter table book_order_line add column cancelled bigint not null default 0;
alter table book_order_line add column delivered bigint not null default 0;
alter table book_order_line add column returned bigint not null default 0;
alter table book_order_line add column billed bigint not null default 0;
alter table book_order_line add column credited bigint not null default 0;

-- What its invoices take for a line, and what credit notes over goods gave back of that: a part billed
-- by its amount is worth that amount, however coarse its quantity.
alter table book_order_line add column billed_net_minor bigint not null default 0;
alter table book_order_line add column billed_minor bigint not null default 0;
alter table book_order_line add column credited_minor bigint not null default 0;

-- Payment terms in ordered parts; a customer's plain number of days is the short form.
create table book_terms (
    id row_id,
    code text not null,
    code_key text not null unique,
    name text not null,
    name_local text,
    version bigint not null,
    ended_on text
) strict;

create table book_terms_part (
    terms_id bigint not null references book_terms (id),
    part bigint not null,
    share bigint not null check (share between 1 and 1000000),
    clock text not null check (clock in ('order', 'delivery', 'invoice', 'invoice_received', 'acceptance')),
    days bigint not null check (days between 0 and 3660),
    end_of_month bigint not null check (end_of_month in (0, 1)),
    payment_day bigint check (payment_day between 1 and 31),
    discount bigint not null check (discount between 0 and 1000000),
    discount_days bigint not null check (discount_days between 0 and 3660),
    retention bigint not null check (retention in (0, 1)),
    primary key (terms_id, part)
) strict;

alter table book_customer add column terms_id bigint references book_terms (id);

-- Goods out to a customer ("delivery") and back from one ("return").
create table book_delivery (
    id row_id,
    number text not null,
    number_key text not null unique,
    kind text not null check (kind in ('delivery', 'return')),
    order_id bigint not null references book_order (id),
    customer_id bigint not null references book_customer (id),
    day text not null,
    status text not null check (status in ('posted', 'reversed')),
    note text not null,
    version bigint not null,
    recorded_at bigint not null,
    reversed_on text,
    reversed_at bigint
) strict;
create index book_delivery_order on book_delivery (order_id, day);
create index book_delivery_customer on book_delivery (customer_id, day);
create index book_delivery_day on book_delivery (day, id);

create table book_delivery_line (
    delivery_id bigint not null references book_delivery (id),
    line bigint not null,
    order_line bigint not null,
    quantity bigint not null check (0 < quantity),
    primary key (delivery_id, line)
) strict;

-- customer_id bought, payer_id owes. Dates that start clocks of the terms are null until known.
-- settled_minor and open_due (the first due day with something open, null once all is settled) are
-- caches of allocations and instalments, for lists of what is open or overdue today.
create table book_invoice (
    id row_id,
    number text not null,
    number_key text not null unique,
    customer_id bigint not null references book_customer (id),
    payer_id bigint not null references book_customer (id),
    order_id bigint references book_order (id),
    day text not null,
    received_on text,
    accepted_on text,
    currency text not null,
    net_minor bigint not null,
    tax_minor bigint not null,
    gross_minor bigint not null,
    status text not null check (status in ('posted', 'cancelled')),
    source text not null check (source in ('own', 'snapshot')),
    note text not null,
    settled_minor bigint not null,
    open_due text,
    version bigint not null,
    recorded_at bigint not null,
    cancelled_on text,
    cancelled_at bigint
) strict;
create index book_invoice_open on book_invoice (open_due, id);
create index book_invoice_customer on book_invoice (customer_id, day);
create index book_invoice_payer on book_invoice (payer_id, day);
create index book_invoice_order on book_invoice (order_id);
create index book_invoice_day on book_invoice (day, id);

create table book_invoice_line (
    invoice_id bigint not null references book_invoice (id),
    line bigint not null,
    order_line bigint,
    product_id bigint references book_product (id),
    quantity bigint not null,
    unit_price bigint not null,
    discount bigint not null,
    tax bigint not null,
    net_exact bigint not null,
    net_minor bigint not null,
    tax_minor bigint not null,
    credited bigint not null,
    primary key (invoice_id, line)
) strict;

-- What is due when. A due day moves when a clock starts late; the row that held before stays. From
-- clock on it says how the days are found; all null for a day that was given.
create table book_instalment (
    id row_id,
    invoice_id bigint not null references book_invoice (id),
    part bigint not null,
    due_day text,
    amount_minor bigint not null,
    retention bigint not null check (retention in (0, 1)),
    discount_minor bigint not null,
    discount_until text,
    clock text check (clock in ('order', 'delivery', 'invoice', 'invoice_received', 'acceptance')),
    days bigint,
    end_of_month bigint check (end_of_month in (0, 1)),
    payment_day bigint check (payment_day between 1 and 31),
    discount_days bigint,
    recorded_at bigint not null,
    retracted_at bigint
) strict;
create index book_instalment_of on book_instalment (invoice_id, part);
create index book_instalment_due on book_instalment (due_day);

create table book_credit_note (
    id row_id,
    number text not null,
    number_key text not null unique,
    kind text not null check (kind in ('return', 'price', 'cancellation', 'rebate', 'goodwill')),
    customer_id bigint not null references book_customer (id),
    payer_id bigint not null references book_customer (id),
    invoice_id bigint references book_invoice (id),
    day text not null,
    currency text not null,
    net_minor bigint not null,
    tax_minor bigint not null,
    gross_minor bigint not null check (0 < gross_minor),
    status text not null check (status in ('posted', 'cancelled')),
    reason text not null,
    version bigint not null,
    recorded_at bigint not null,
    cancelled_on text,
    cancelled_at bigint
) strict;
create index book_credit_note_customer on book_credit_note (customer_id, day);
create index book_credit_note_payer on book_credit_note (payer_id, day);
create index book_credit_note_invoice on book_credit_note (invoice_id);
create index book_credit_note_day on book_credit_note (day, id);

create table book_credit_note_line (
    credit_note_id bigint not null references book_credit_note (id),
    line bigint not null,
    invoice_line bigint,
    product_id bigint references book_product (id),
    quantity bigint not null,
    net_minor bigint not null,
    tax bigint not null,
    tax_minor bigint not null,
    primary key (credit_note_id, line)
) strict;

-- Money in, by any means. A bill or cheque has its own row besides.
create table book_payment (
    id row_id,
    reference text not null,
    reference_key text not null unique,
    payer_id bigint not null references book_customer (id),
    day text not null,
    currency text not null,
    amount_minor bigint not null check (0 < amount_minor),
    method text not null check (method in ('transfer', 'cash', 'card', 'direct_debit', 'bill', 'cheque', 'other')),
    status text not null check (status in ('posted', 'reversed')),
    note text not null,
    version bigint not null,
    recorded_at bigint not null,
    reversed_on text,
    reversed_at bigint
) strict;
create index book_payment_payer on book_payment (payer_id, day);
create index book_payment_day on book_payment (day, id);

create table book_bill (
    payment_id bigint not null primary key references book_payment (id),
    acceptor text not null,
    paper_number text not null,
    due_day text not null,
    status text not null check (status in ('received', 'presented', 'endorsed', 'discounted', 'cleared', 'returned')),
    recourse bigint not null check (recourse in (0, 1))
) strict;
create index book_bill_due on book_bill (status, due_day);

create table book_bill_step (
    id row_id,
    payment_id bigint not null references book_payment (id),
    step text not null,
    day text not null,
    to_whom text not null,
    cost_minor bigint not null,
    recorded_at bigint not null
) strict;
create index book_bill_step_of on book_bill_step (payment_id, id);

-- How much of an invoice is settled from which source, from which day to which. A reversal retracts
-- the row and writes it again with its last day; nothing is ever changed or deleted.
create table book_allocation (
    id row_id,
    public_id text not null,
    invoice_id bigint not null references book_invoice (id),
    payment_id bigint references book_payment (id),
    credit_note_id bigint references book_credit_note (id),
    kind text not null check (kind in ('cash', 'credit', 'discount', 'difference', 'source')),
    amount_minor bigint not null check (0 < amount_minor),
    source_minor bigint not null check (0 <= source_minor),
    valid_from text not null,
    valid_to text,
    after_day text,
    recorded_at bigint not null,
    retracted_at bigint,
    check (valid_to is null or valid_from <= valid_to)
) strict;
create index book_allocation_invoice on book_allocation (invoice_id, valid_from);
create index book_allocation_payment on book_allocation (payment_id);
create index book_allocation_credit_note on book_allocation (credit_note_id);
create index book_allocation_public on book_allocation (public_id);
