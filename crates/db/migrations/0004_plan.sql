-- Plans: targets by holder and period, in versions that never change once published.
create table plan_calendar (
    id row_id,
    code text not null,
    code_key text not null unique,
    name text not null
) strict;

create table plan_period (
    id row_id,
    calendar_id bigint not null references plan_calendar (id),
    code text not null,
    code_key text not null unique,
    from_day text not null,
    to_day text not null,
    check (from_day < to_day)
) strict;
create index plan_period_days on plan_period (calendar_id, from_day);

create table plan_plan (
    id row_id,
    code text not null,
    code_key text not null unique,
    unit_id bigint not null references org_unit (id),
    year bigint not null,
    measure text not null,
    currency text not null,
    calendar_id bigint not null references plan_calendar (id),
    created_at bigint not null
) strict;

create table plan_version (
    id row_id,
    plan_id bigint not null references plan_plan (id),
    number bigint not null,
    state text not null check (state in ('draft', 'published', 'superseded')),
    effective_from text not null,
    total_minor bigint not null,
    weight_source text not null,
    edit bigint not null,
    created_at bigint not null,
    created_by text not null,
    published_at bigint,
    published_by text,
    unique (plan_id, number)
) strict;

-- The unit's own target per period: what the cells of the period add up to.
create table plan_month (
    version_id bigint not null references plan_version (id),
    period_id bigint not null references plan_period (id),
    amount_minor bigint not null,
    primary key (version_id, period_id)
) strict;

-- One target: a person (or, without one, the house of a unit) in a period.
create table plan_cell (
    version_id bigint not null references plan_version (id),
    seat_key text not null,
    person_id bigint references org_person (id),
    unit_id bigint not null references org_unit (id),
    period_id bigint not null references plan_period (id),
    amount_minor bigint not null,
    weight bigint not null,
    locked bigint not null check (locked in (0, 1)),
    source text not null,
    primary key (version_id, seat_key, period_id)
) strict;
create index plan_cell_person on plan_cell (person_id, period_id);
create index plan_cell_period on plan_cell (period_id, version_id);

-- What a change replaced, newest last, so that it can be taken back.
create table plan_change (
    id row_id,
    version_id bigint not null references plan_version (id),
    at bigint not null,
    person_name text not null,
    summary_json text not null,
    before_json text not null
) strict;
create index plan_change_version on plan_change (version_id, id);
