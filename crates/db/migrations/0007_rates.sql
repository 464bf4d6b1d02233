-- What other currencies are worth in the company's, and what orders in them count for.

-- A quote of one day: `per` units of the currency are worth `rate` units of the base currency or, if
-- is_inverse, `per` units of the base currency are worth `rate` units of it. Rates are in millionths.
-- A quote serves its own day and the seven after it, unless a later one does.
create table book_rate (
    id row_id,
    currency text not null,
    is_inverse bigint not null check (is_inverse in (0, 1)),
    per bigint not null check (per between 1 and 1000000),
    rate bigint not null check (0 < rate),
    version bigint not null,
    valid_from text not null,
    valid_to text not null,
    recorded_at bigint not null,
    retracted_at bigint,
    check (valid_from < valid_to)
) strict;
create unique index book_rate_believed on book_rate (currency, valid_from) where retracted_at is null;
create index book_rate_of on book_rate (currency, valid_from, id);

-- The rate an order was counted at, and its exact net in the base currency.
alter table book_order add column rate_id bigint references book_rate (id);
alter table book_order add column base_exact bigint not null default 0;
update book_order set base_exact = net_exact;
