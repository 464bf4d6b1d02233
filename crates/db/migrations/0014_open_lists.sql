-- Lists of open items taken from outside, one a day, and what was open by them.

create table book_open_list (
    id row_id,
    as_of text not null unique,
    items bigint not null,
    -- What the list said: the same one again changes nothing.
    print text not null,
    recorded_at bigint not null
) strict;

create table book_open_list_total (
    list_id bigint not null references book_open_list (id),
    currency text not null,
    open_minor bigint not null,
    primary key (list_id, currency)
) strict;
create index book_invoice_listed on book_invoice (open_due) where source = 'snapshot';
