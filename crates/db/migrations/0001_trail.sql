-- Who did what, when, why, from what to what. Never changed, never deleted.
create table trail_audit (
    id row_id,
    at bigint not null,
    person_id bigint,
    person_name text not null,
    via text not null,
    action text not null,
    noun text not null,
    subject text not null,
    why text not null,
    before_json text,
    after_json text
) strict;
create index trail_audit_subject on trail_audit (noun, subject, id);

-- An answered request: the same key with the same body gets the same answer again.
create table trail_idempotency (
    login_id bigint not null,
    request_key text not null,
    request_hash text not null,
    status bigint not null,
    location text,
    body text not null,
    at bigint not null,
    primary key (login_id, request_key)
) strict;
