-- Master data in depth: codes of before, contacts, addresses, whom a customer belongs to and who pays,
-- and files kept with a record.

-- A thing that was given another code still answers to the old one.
create table org_former_code (
    noun text not null check (noun in ('unit', 'person')),
    code_key text not null,
    subject_id bigint not null,
    at bigint not null,
    primary key (noun, code_key)
) strict;
create index org_former_code_of on org_former_code (noun, subject_id);

create table book_former_code (
    noun text not null check (noun in ('customer', 'product', 'customer group', 'product group')),
    code_key text not null,
    subject_id bigint not null,
    at bigint not null,
    primary key (noun, code_key)
) strict;
create index book_former_code_of on book_former_code (noun, subject_id);

alter table book_customer_group add column version bigint not null default 1;
alter table book_product_group add column version bigint not null default 1;

-- The keys find the same company under two codes. A merged customer stays as a shell that its
-- history points at; its codes answer for the survivor.
alter table book_customer add column phone text;
alter table book_customer add column tax_id text;
alter table book_customer add column name_key text not null default '';
alter table book_customer add column phone_key text;
alter table book_customer add column tax_key text;
alter table book_customer add column merged_into_id bigint references book_customer (id);
update book_customer set name_key = sort_key;
create index book_customer_name on book_customer (name_key);
create index book_customer_phone on book_customer (phone_key);
create index book_customer_tax on book_customer (tax_key);

-- Whom a customer belongs to ("parent") and who pays for it ("payer"), from when to when.
create table book_customer_tie (
    id row_id,
    customer_id bigint not null references book_customer (id),
    kind text not null check (kind in ('parent', 'payer')),
    other_id bigint not null references book_customer (id),
    valid_from text not null,
    valid_to text,
    recorded_at bigint not null,
    retracted_at bigint,
    check (valid_to is null or valid_from < valid_to),
    check (customer_id <> other_id)
) strict;
create index book_customer_tie_of on book_customer_tie (customer_id, kind, valid_from);
create index book_customer_tie_other on book_customer_tie (other_id, kind);
insert into book_customer_tie (customer_id, kind, other_id, valid_from, recorded_at)
select id, 'parent', parent_id, '0001-01-01', 0 from book_customer where parent_id is not null and parent_id <> id;
insert into book_customer_tie (customer_id, kind, other_id, valid_from, recorded_at)
select id, 'payer', payer_id, '0001-01-01', 0 from book_customer where payer_id is not null and payer_id <> id;
alter table book_customer drop column parent_id;
alter table book_customer drop column payer_id;

-- Whom to talk to. A correction retracts the row and adds one with the same public id.
create table book_contact (
    id row_id,
    public_id text not null,
    customer_id bigint not null references book_customer (id),
    version bigint not null,
    name text not null,
    name_local text,
    role text not null check (role in ('decider', 'buyer', 'payer', 'technical', 'other')),
    phone text,
    email text,
    lang text,
    channel text check (channel in ('phone', 'email', 'message', 'visit', 'post')),
    sort_key text not null,
    valid_from text not null,
    valid_to text,
    recorded_at bigint not null,
    retracted_at bigint,
    check (valid_to is null or valid_from < valid_to)
) strict;
create index book_contact_of on book_contact (customer_id, sort_key, id);
create unique index book_contact_now on book_contact (public_id) where retracted_at is null;
create index book_contact_ever on book_contact (public_id, id);

create table book_address (
    id row_id,
    public_id text not null,
    customer_id bigint not null references book_customer (id),
    version bigint not null,
    kind text not null check (kind in ('billing', 'shipping', 'visit')),
    line1 text not null,
    line2 text,
    postcode text,
    city text,
    country text,
    lat double,
    lon double,
    sort_key text not null,
    valid_from text not null,
    valid_to text,
    recorded_at bigint not null,
    retracted_at bigint,
    check (valid_to is null or valid_from < valid_to)
) strict;
create index book_address_of on book_address (customer_id, sort_key, id);
create unique index book_address_now on book_address (public_id) where retracted_at is null;
create index book_address_ever on book_address (public_id, id);

-- Files: cut into pieces of at most 256 KiB under their SHA-256, each kept once.
create table book_piece (
    hash text primary key,
    data bytes not null,
    at bigint not null
) strict;

create table book_content (
    hash text primary key,
    size_bytes bigint not null,
    at bigint not null
) strict;

create table book_content_piece (
    content_hash text not null references book_content (hash),
    place bigint not null,
    piece_hash text not null references book_piece (hash),
    primary key (content_hash, place)
) strict;
create index book_content_piece_of on book_content_piece (piece_hash);

-- A file kept with a customer or a document; taken off, it stays known as having been there.
create table book_attachment (
    id row_id,
    public_id text not null unique,
    noun text not null,
    subject_id bigint not null,
    content_hash text not null references book_content (hash),
    name text not null,
    media_type text not null,
    size_bytes bigint not null,
    note text,
    added_by text not null,
    added_at bigint not null,
    version bigint not null,
    detached_by text,
    detached_at bigint
) strict;
create index book_attachment_of on book_attachment (noun, subject_id, id);
create index book_attachment_content on book_attachment (content_hash);
