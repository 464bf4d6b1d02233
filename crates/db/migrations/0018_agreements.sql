-- Rebate agreements: how much comes back for what a customer buys in a time, and what was given.

-- day is the first day of the terms that hold now, for the list.
create table book_rebate (
    id row_id,
    number text not null,
    number_key text not null unique,
    customer_id bigint not null references book_customer (id),
    currency text not null,
    day text not null,
    status text not null check (status in ('draft', 'active', 'closed')),
    note text not null,
    version bigint not null,
    recorded_at bigint not null
) strict;
create index book_rebate_customer on book_rebate (customer_id, day);
create index book_rebate_day on book_rebate (day, id);

-- A correction retracts the terms that were known and adds others.
create table book_rebate_terms (
    id row_id,
    rebate_id bigint not null references book_rebate (id),
    valid_from text not null,
    valid_to text not null,
    method text not null check (method in ('retroactive', 'incremental')),
    recorded_at bigint not null,
    retracted_at bigint,
    check (valid_from < valid_to)
) strict;
create index book_rebate_terms_of on book_rebate_terms (rebate_id, recorded_at);

create table book_rebate_tier (
    terms_id bigint not null references book_rebate_terms (id),
    tier bigint not null,
    from_minor bigint not null check (0 <= from_minor),
    share bigint not null check (share between 0 and 1000000),
    primary key (terms_id, tier)
) strict;

create table book_rebate_settlement (
    credit_note_id bigint not null primary key references book_credit_note (id),
    rebate_id bigint not null references book_rebate (id)
) strict;
create index book_rebate_settlement_of on book_rebate_settlement (rebate_id);
