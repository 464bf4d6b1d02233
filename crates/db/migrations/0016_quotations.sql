-- Quotations in their editions, framework contracts, and what orders took from either.

-- day and valid_until are those of the last edition. One that was sent expires by itself, so no row
-- says so.
create table book_quotation (
    id row_id,
    number text not null,
    number_key text not null unique,
    customer_id bigint not null references book_customer (id),
    currency text not null,
    project text,
    day text not null,
    valid_until text not null,
    status text not null check (status in ('draft', 'sent', 'accepted', 'ordered', 'lost', 'withdrawn')),
    edition bigint not null,
    decided_on text,
    lost_reason text,
    competitor text,
    lost_text text,
    order_id bigint references book_order (id),
    version bigint not null,
    recorded_at bigint not null
) strict;
create index book_quotation_customer on book_quotation (customer_id, day);
create index book_quotation_day on book_quotation (day, id);

-- What was offered in an edition: the last one counts, the others stay readable.
create table book_quotation_edition (
    quotation_id bigint not null references book_quotation (id),
    edition bigint not null,
    day text not null,
    valid_until text not null,
    sent_on text,
    net_exact bigint not null,
    net_minor bigint not null,
    tax_minor bigint not null,
    gross_minor bigint not null,
    recorded_at bigint not null,
    primary key (quotation_id, edition)
) strict;

create table book_quotation_line (
    quotation_id bigint not null,
    edition bigint not null,
    line bigint not null,
    product_id bigint not null references book_product (id),
    quantity bigint not null,
    unit_price bigint not null,
    discount bigint not null,
    tax bigint not null,
    net_exact bigint not null,
    net_minor bigint not null,
    tax_minor bigint not null,
    price_rule text not null,
    price_source text,
    price_since text,
    primary key (quotation_id, edition, line),
    foreign key (quotation_id, edition) references book_quotation_edition (quotation_id, edition)
) strict;

alter table book_order add column quotation_id bigint references book_quotation (id);

-- A contract serves orders from day on and before ends_on.
create table book_framework (
    id row_id,
    number text not null,
    number_key text not null unique,
    customer_id bigint not null references book_customer (id),
    currency text not null,
    day text not null,
    ends_on text,
    tolerance bigint not null check (tolerance between 0 and 1000000),
    status text not null check (status in ('draft', 'active', 'closed')),
    note text not null,
    version bigint not null,
    recorded_at bigint not null,
    check (ends_on is null or day < ends_on)
) strict;
create index book_framework_customer on book_framework (customer_id, day);
create index book_framework_day on book_framework (day, id);

-- Agreed and called quantities and nets in millionths; called is the sum over the orders below.
create table book_framework_line (
    framework_id bigint not null references book_framework (id),
    line bigint not null,
    product_id bigint not null references book_product (id),
    unit_price bigint not null check (0 <= unit_price),
    quantity bigint check (0 < quantity),
    value_exact bigint check (0 < value_exact),
    called bigint not null,
    called_exact bigint not null,
    primary key (framework_id, line),
    check (quantity is not null or value_exact is not null)
) strict;

-- Which line of a contract an order's line names, and how much of it is called off by now: nothing
-- while the order is a draft.
create table book_call_off (
    order_id bigint not null references book_order (id),
    line bigint not null,
    framework_id bigint not null references book_framework (id),
    framework_line bigint not null,
    called bigint not null,
    called_exact bigint not null,
    primary key (order_id, line)
) strict;
create index book_call_off_of on book_call_off (framework_id, framework_line);
