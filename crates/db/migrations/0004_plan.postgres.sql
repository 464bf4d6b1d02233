create function plan_cell_guard() returns trigger language plpgsql as $$
begin
    if (select state from plan_version where id = coalesce(new.version_id, old.version_id)) <> 'draft' then
        raise exception 'a published plan is immutable';
    end if;
    return coalesce(new, old);
end $$;
create trigger plan_cell_guard before insert or update or delete on plan_cell
for each row execute function plan_cell_guard();
