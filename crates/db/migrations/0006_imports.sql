-- Files of documents that were read in, and how far: a run that was cut off goes on where it stopped.
create table trail_import (
    id row_id,
    kind text not null,
    -- What the rows say: the same file through another mapping is another run.
    content_hash text not null,
    file_hash text not null,
    file_name text not null,
    documents bigint not null,
    -- Documents dealt with, in the order they begin in the file.
    settled bigint not null check (settled between 0 and documents),
    rows_added bigint not null,
    rows_changed bigint not null,
    rows_unchanged bigint not null,
    begun_at bigint not null,
    ended_at bigint
) strict;
create index trail_import_of on trail_import (kind, content_hash, id);
