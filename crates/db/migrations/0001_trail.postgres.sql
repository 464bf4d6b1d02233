create function db_append_only() returns trigger language plpgsql as
$$ begin raise exception 'the audit trail is append-only'; end $$;
create trigger trail_audit_no_change before update or delete or truncate on trail_audit
for each statement execute function db_append_only();
