-- What had no past gets one: the payment terms of a customer, and the states of an order.

-- What a customer pays by, from when to when: named terms or a number of days.
create table book_customer_terms (
    id row_id,
    customer_id bigint not null references book_customer (id),
    terms_id bigint references book_terms (id),
    days bigint check (0 <= days),
    valid_from text not null,
    valid_to text,
    recorded_at bigint not null,
    retracted_at bigint,
    check (valid_to is null or valid_from < valid_to),
    check ((terms_id is null) <> (days is null))
) strict;
create index book_customer_terms_of on book_customer_terms (customer_id, valid_from);
insert into book_customer_terms (customer_id, terms_id, days, valid_from, recorded_at)
select id, terms_id, case when terms_id is null then payment_terms_days end, '0001-01-01', 0
  from book_customer
 where terms_id is not null or payment_terms_days is not null;
alter table book_customer drop column terms_id;
alter table book_customer drop column payment_terms_days;

-- How an order was until a day and until an instant, whenever one of these changed. The order itself says
-- how it is now, and so how one was that never changed.
create table book_order_past (
    id row_id,
    order_id bigint not null references book_order (id),
    day text not null,
    status text not null check (status in ('draft', 'confirmed', 'held', 'cancelled', 'closed')),
    net_minor bigint not null,
    base_exact bigint not null,
    until_day text not null,
    until_at bigint not null
) strict;
create index book_order_past_of on book_order_past (order_id, id);
