-- Moves: customers change hands from a day on, with targets, credit and what is open.

-- Who shares the credit of a customer's new orders in the days of a hand-over. The owner has the rest.
create table book_shared_credit (
    id row_id,
    customer_id bigint not null references book_customer (id),
    person_id bigint not null references org_person (id),
    share bigint not null check (share between 1 and 1000000),
    valid_from text not null,
    valid_to text,
    recorded_at bigint not null,
    retracted_at bigint,
    check (valid_to is null or valid_from < valid_to)
) strict;
create index book_shared_credit_customer on book_shared_credit (customer_id, valid_from);

-- One move: to one person, or to the house of a unit. The rule says what goes along.
create table plan_move (
    id row_id,
    number text not null,
    number_key text not null unique,
    day text not null,
    rule text not null check (rule in ('future_only', 'full_book', 'shared_credit')),
    months bigint not null check (months between 0 and 24),
    share bigint not null check (share between 0 and 1000000),
    to_person_id bigint references org_person (id),
    to_unit_id bigint not null references org_unit (id),
    choices_json text not null,
    reason text not null,
    recorded_at bigint not null,
    recorded_by text not null
) strict;

create table plan_move_customer (
    move_id bigint not null references plan_move (id),
    customer_id bigint not null references book_customer (id),
    from_person_id bigint references org_person (id),
    primary key (move_id, customer_id)
) strict;
create index plan_move_customer_of on plan_move_customer (customer_id, move_id);

-- Targets that changed hands, on top of the published version: the legs of a move add up to nothing.
-- A version begun later has taken them in; after_version is the newest number the move found.
create table plan_transfer (
    id row_id,
    move_id bigint not null references plan_move (id),
    plan_id bigint not null references plan_plan (id),
    after_version bigint not null,
    person_id bigint references org_person (id),
    unit_id bigint not null references org_unit (id),
    period_id bigint not null references plan_period (id),
    amount_minor bigint not null,
    recorded_at bigint not null,
    retracted_at bigint
) strict;
create index plan_transfer_plan on plan_transfer (plan_id, period_id);
create index plan_transfer_move on plan_transfer (move_id);

-- What two people hand over to each other; both accept it.
create table plan_handover (
    id row_id,
    number text not null,
    number_key text not null unique,
    move_id bigint not null references plan_move (id),
    from_person_id bigint not null references org_person (id),
    to_person_id bigint not null references org_person (id),
    from_accepted_at bigint,
    to_accepted_at bigint,
    version bigint not null,
    recorded_at bigint not null
) strict;
create index plan_handover_from on plan_handover (from_person_id, id);
create index plan_handover_to on plan_handover (to_person_id, id);
create index plan_handover_move on plan_handover (move_id);

create table plan_handover_item (
    id row_id,
    handover_id bigint not null references plan_handover (id),
    kind text not null,
    number text not null,
    customer_id bigint not null references book_customer (id),
    day text not null,
    net_exact bigint not null,
    moves bigint not null check (moves in (0, 1))
) strict;
create index plan_handover_item_of on plan_handover_item (handover_id, id);

create table plan_handover_note (
    id row_id,
    handover_id bigint not null references plan_handover (id),
    at bigint not null,
    person_name text not null,
    note text not null
) strict;
create index plan_handover_note_of on plan_handover_note (handover_id, id);

alter table org_seat add column version bigint not null default 1;
