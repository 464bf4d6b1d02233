-- Price lists, whose they are, and prices with their history; which price an order's line took.
create table book_price_list (
    id row_id,
    code text not null,
    code_key text not null unique,
    name text not null,
    name_local text,
    currency text not null,
    is_gross bigint not null check (is_gross in (0, 1)),
    sort_key text not null,
    version bigint not null,
    ended_on text
) strict;

-- Which customer or customer group buys by which list.
create table book_list_use (
    id row_id,
    list_id bigint not null references book_price_list (id),
    customer_id bigint references book_customer (id),
    group_id bigint references book_customer_group (id),
    valid_from text not null,
    valid_to text,
    recorded_at bigint not null,
    retracted_at bigint,
    check (valid_to is null or valid_from < valid_to),
    check ((customer_id is null) <> (group_id is null))
) strict;
create index book_list_use_list on book_list_use (list_id, valid_from);
create index book_list_use_customer on book_list_use (customer_id, valid_from);
create index book_list_use_group on book_list_use (group_id, valid_from);

-- A price of a list, or a special price of a customer, of a project, or of a customer's part in one.
-- In millionths of the currency unit, for as many units of the product and more.
create table book_price (
    id row_id,
    list_id bigint references book_price_list (id),
    customer_id bigint references book_customer (id),
    project text not null,
    product_id bigint not null references book_product (id),
    from_quantity bigint not null check (0 <= from_quantity),
    currency text not null,
    price bigint not null check (0 <= price),
    reason text not null,
    valid_from text not null,
    valid_to text,
    recorded_at bigint not null,
    retracted_at bigint,
    check (valid_to is null or valid_from < valid_to),
    check (list_id is null or customer_id is null and project = ''),
    check (list_id is not null or customer_id is not null or project <> '')
) strict;
create index book_price_product on book_price (product_id, list_id, valid_from);
create index book_price_customer on book_price (customer_id, product_id, valid_from);

alter table book_order add column project text;
alter table book_order_line add column price_rule text not null default 'given';
alter table book_order_line add column price_source text;
alter table book_order_line add column price_since text;
