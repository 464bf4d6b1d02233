-- How much a customer may owe: the credit limit of its account, from day to day.

-- Only an explicit limit has an amount, and 0 is one. No row is `inherit`.
create table collect_credit_limit (
    id row_id,
    customer_id bigint not null references book_customer (id),
    mode text not null check (mode in ('explicit', 'inherit', 'unlimited', 'blocked')),
    amount_minor bigint check (0 <= amount_minor),
    currency text,
    reason text not null,
    valid_from text not null,
    valid_to text,
    recorded_at bigint not null,
    retracted_at bigint,
    check (valid_to is null or valid_from < valid_to),
    check ((mode = 'explicit' and amount_minor is not null and currency is not null)
        or (mode <> 'explicit' and amount_minor is null and currency is null))
) strict;
create index collect_credit_limit_of on collect_credit_limit (customer_id, valid_from);
