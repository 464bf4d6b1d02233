-- Files people send with the browser to be read in.

-- A file somebody sent, how its columns are to be read, and how far it has come.
create table org_upload (
    id row_id,
    public_id text not null unique,
    login_id bigint not null references org_login (id),
    name text not null,
    size bigint not null,
    kind text not null,
    -- The beginning of its text; numbers and days were told from texts before in that of a workbook.
    head text not null,
    typed bigint not null check (typed in (0, 1)),
    -- What was decided about its columns, as JSON.
    decided text not null,
    state text not null check (state in ('new', 'checking', 'checked', 'saving', 'done', 'failed')),
    skips_bad bigint not null check (skips_bad in (0, 1)),
    -- So many of so many documents; 0 while it is not known.
    done bigint not null,
    whole bigint not null,
    -- What came of it, as JSON; empty until then.
    report text not null,
    sent_at bigint not null,
    -- When whoever reads it in was last heard of.
    moved_at bigint not null
) strict;
create index org_upload_of on org_upload (login_id, id);

-- The file itself, and the rows of it that were left out.
create table org_upload_part (
    upload_id bigint not null references org_upload (id),
    what text not null check (what in ('file', 'bad')),
    place bigint not null,
    content bytes not null,
    primary key (upload_id, what, place)
) strict;

-- How files with the same header were read the last time.
create table org_file_layout (
    id row_id,
    kind text not null,
    print text not null,
    decided text not null,
    login_id bigint not null references org_login (id),
    kept_at bigint not null,
    unique (kind, print)
) strict;
