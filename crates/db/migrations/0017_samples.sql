-- Samples and trials: to whom, of what, by when a result is due, and what came of it.
create table book_sample (
    id row_id,
    number text not null,
    number_key text not null unique,
    kind text not null check (kind in ('sample', 'trial')),
    customer_id bigint not null references book_customer (id),
    product_id bigint not null references book_product (id),
    quantity bigint not null check (0 < quantity),
    day text not null,
    result_due text not null,
    status text not null check (status in ('open', 'returned', 'sold', 'won', 'lost', 'withdrawn')),
    result_on text,
    reason text not null,
    note text not null,
    order_id bigint references book_order (id),
    version bigint not null,
    recorded_at bigint not null
) strict;
create index book_sample_customer on book_sample (customer_id, day);
create index book_sample_due on book_sample (result_due, id);
create index book_sample_day on book_sample (day, id);
