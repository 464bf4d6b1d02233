-- The book of business: what was agreed with whom.
create table book_customer_group (
    id row_id,
    code text not null,
    code_key text not null unique,
    name text not null,
    name_local text,
    sort_key text not null
) strict;

create table book_customer (
    id row_id,
    code text not null,
    code_key text not null unique,
    name text not null,
    name_local text,
    group_id bigint references book_customer_group (id),
    parent_id bigint references book_customer (id),
    payer_id bigint references book_customer (id),
    currency text not null,
    payment_terms_days bigint check (payment_terms_days between 0 and 730),
    city text,
    lat double,
    lon double,
    search_key text not null,
    sort_key text not null,
    version bigint not null,
    ended_on text
) strict;
create index book_customer_sort on book_customer (sort_key, id);
create index book_customer_group_of on book_customer (group_id);

-- Who looks after a customer from when to when. A gap belongs to the house.
create table book_assignment (
    id row_id,
    customer_id bigint not null references book_customer (id),
    person_id bigint not null references org_person (id),
    role text not null check (role in ('owner', 'support')),
    valid_from text not null,
    valid_to text,
    recorded_at bigint not null,
    retracted_at bigint,
    check (valid_to is null or valid_from < valid_to)
) strict;
create index book_assignment_customer on book_assignment (customer_id, role, valid_from);
create index book_assignment_person on book_assignment (person_id, role);

create table book_product_group (
    id row_id,
    code text not null,
    code_key text not null unique,
    name text not null,
    name_local text,
    sort_key text not null
) strict;

create table book_product (
    id row_id,
    code text not null,
    code_key text not null unique,
    name text not null,
    name_local text,
    group_id bigint references book_product_group (id),
    currency text not null,
    search_key text not null,
    sort_key text not null,
    version bigint not null,
    ended_on text
) strict;
create index book_product_sort on book_product (sort_key, id);

-- List price and cost in millionths of the currency unit.
create table book_product_price (
    id row_id,
    product_id bigint not null references book_product (id),
    list_price bigint,
    cost bigint,
    valid_from text not null,
    valid_to text,
    recorded_at bigint not null,
    retracted_at bigint,
    check (valid_to is null or valid_from < valid_to)
) strict;
create index book_product_price_of on book_product_price (product_id, valid_from);

-- *_exact is in millionths of the currency unit, *_minor in minor units.
create table book_order (
    id row_id,
    number text not null,
    number_key text not null unique,
    customer_id bigint not null references book_customer (id),
    day text not null,
    currency text not null,
    status text not null check (status in ('draft', 'confirmed', 'held', 'cancelled', 'closed')),
    territory_id bigint references org_unit (id),
    net_exact bigint not null,
    net_minor bigint not null,
    tax_minor bigint not null,
    gross_minor bigint not null,
    version bigint not null,
    recorded_at bigint not null
) strict;
create index book_order_customer on book_order (customer_id, day);
create index book_order_day on book_order (day, id);

create table book_order_line (
    order_id bigint not null references book_order (id),
    line bigint not null,
    product_id bigint not null references book_product (id),
    quantity bigint not null,
    unit_price bigint not null,
    discount bigint not null,
    tax bigint not null,
    net_exact bigint not null,
    net_minor bigint not null,
    tax_minor bigint not null,
    primary key (order_id, line)
) strict;

-- The split entered with a draft, until the order is confirmed and its credit frozen.
create table book_order_split (
    order_id bigint not null references book_order (id),
    person_id bigint not null references org_person (id),
    share bigint not null check (share between 1 and 1000000),
    primary key (order_id, person_id)
) strict;

-- Who earned the order, frozen at its day: shares of one order add up to 1,000,000. A draft has no
-- credit yet, a cancelled order's is retracted.
create table book_credit (
    id row_id,
    order_id bigint not null references book_order (id),
    customer_id bigint not null references book_customer (id),
    person_id bigint references org_person (id),
    seat_id bigint references org_seat (id),
    unit_id bigint not null references org_unit (id),
    day text not null,
    share bigint not null check (share between 0 and 1000000),
    net_exact bigint not null,
    recorded_at bigint not null,
    retracted_at bigint
) strict;
create index book_credit_customer on book_credit (customer_id, day, net_exact, retracted_at);
create index book_credit_order on book_credit (order_id);
-- Covers the sums behind every figure: no look at the rows themselves.
create index book_credit_day on book_credit (day, person_id, unit_id, customer_id, net_exact, recorded_at, retracted_at);
create index book_credit_person on book_credit (person_id, day, unit_id, customer_id, net_exact, recorded_at, retracted_at);

create table book_import (
    id row_id,
    kind text not null,
    file_name text not null,
    file_hash text not null,
    rows_read bigint not null,
    rows_changed bigint not null,
    at bigint not null
) strict;

-- The last number given out per kind of document and year.
create table book_series (
    kind text not null,
    year bigint not null,
    last_number bigint not null,
    primary key (kind, year)
) strict;
