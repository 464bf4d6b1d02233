-- One database is one group of companies with one base currency.
create table org_company (
    id row_id,
    name text not null,
    currency text not null,
    country text not null,
    zone text not null,
    fiscal_start_month bigint not null check (fiscal_start_month between 1 and 12),
    created_at bigint not null
) strict;

create table org_unit (
    id row_id,
    code text not null,
    code_key text not null unique,
    name text not null,
    name_local text,
    kind text not null check (kind in ('company', 'region', 'territory', 'team')),
    parent_id bigint references org_unit (id),
    sort_key text not null,
    version bigint not null,
    ended_on text
) strict;
create index org_unit_parent on org_unit (parent_id);

-- Every unit with each unit above it and itself: sub-trees without recursion.
create table org_unit_path (
    ancestor_id bigint not null references org_unit (id),
    unit_id bigint not null references org_unit (id),
    depth bigint not null,
    primary key (ancestor_id, unit_id)
) strict;
create index org_unit_path_unit on org_unit_path (unit_id, ancestor_id);

create table org_person (
    id row_id,
    code text not null,
    code_key text not null unique,
    name text not null,
    name_local text,
    email text,
    email_key text unique,
    search_key text not null,
    sort_key text not null,
    version bigint not null,
    ended_on text
) strict;
create index org_person_sort on org_person (sort_key, id);

-- A place in a unit. A vacancy is a seat without a membership; "house" keeps what is nobody's.
create table org_seat (
    id row_id,
    code text not null,
    code_key text not null unique,
    unit_id bigint not null references org_unit (id),
    kind text not null check (kind in ('sales', 'lead', 'house', 'staff')),
    name text not null
) strict;
create index org_seat_unit on org_seat (unit_id);

-- Who sits where from when to when; "leads" marks the manager of the unit.
create table org_membership (
    id row_id,
    person_id bigint not null references org_person (id),
    unit_id bigint not null references org_unit (id),
    seat_id bigint references org_seat (id),
    leads bigint not null check (leads in (0, 1)),
    valid_from text not null,
    valid_to text,
    recorded_at bigint not null,
    retracted_at bigint,
    check (valid_to is null or valid_from < valid_to)
) strict;
create index org_membership_person on org_membership (person_id, valid_from);
create index org_membership_unit on org_membership (unit_id, valid_from);

create table org_login (
    id row_id,
    person_id bigint not null unique references org_person (id),
    role text not null check (role in ('rep', 'manager', 'finance', 'marketing', 'auditor', 'administrator')),
    password_hash text,
    lang text,
    failures bigint not null,
    locked_until bigint not null,
    disabled_at bigint,
    created_at bigint not null
) strict;

create table org_session (
    id row_id,
    token_hash text not null unique,
    login_id bigint not null references org_login (id),
    created_at bigint not null,
    seen_at bigint not null,
    expires_at bigint not null,
    ended_at bigint
) strict;
create index org_session_login on org_session (login_id);

create table org_token (
    id row_id,
    name text not null,
    token_hash text not null unique,
    login_id bigint not null references org_login (id),
    created_at bigint not null,
    ended_at bigint
) strict;

-- Days off, and weekend days worked in exchange (works = 1).
create table org_holiday (
    country text not null,
    day text not null,
    works bigint not null check (works in (0, 1)),
    name text not null,
    primary key (country, day)
) strict;
