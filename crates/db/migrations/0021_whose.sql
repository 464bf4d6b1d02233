-- What a move leaves or takes along beside customers: whose an offer or sample is, people who change unit.

-- Who earns the order that comes of it; without one whoever looks after the customer then.
alter table book_quotation add column person_id bigint references org_person (id);
alter table book_sample add column person_id bigint references org_person (id);

-- The person who changed unit with the move; null where customers changed hands.
alter table plan_move add column person_id bigint references org_person (id);

-- What became of it; rows from before say it by moves alone.
alter table plan_handover_item add column choice text check (choice in ('move', 'stay', 'end'));

-- The first version a transfer stands on top of. A part of a period that a person spent in another unit
-- cannot stand in a cell, so a revision carries it on.
alter table plan_transfer add column since_version bigint not null default 0;
