-- Views of lists that a person keeps: the conditions behind the address, under a name.
create table org_view (
    id row_id,
    login_id bigint not null references org_login (id),
    list text not null,
    name text not null,
    name_key text not null,
    query text not null,
    usual bigint not null check (usual in (0, 1)),
    unique (login_id, list, name_key)
) strict;
