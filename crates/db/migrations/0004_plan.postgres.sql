create function plan_part_guard() returns trigger language plpgsql as $$
begin
    if exists (select 1 from plan_version
                where state <> 'draft'
                  and ((tg_op <> 'INSERT' and id = old.version_id)
                       or (tg_op <> 'DELETE' and id = new.version_id))) then
        raise exception 'a published plan is immutable';
    end if;
    if tg_op = 'DELETE' then return old; end if;
    return new;
end $$;
create trigger plan_cell_guard before insert or update or delete on plan_cell
for each row execute function plan_part_guard();
create trigger plan_month_guard before insert or update or delete on plan_month
for each row execute function plan_part_guard();

create function plan_version_guard() returns trigger language plpgsql as $$
begin
    if old.published_at is null then
        if tg_op = 'DELETE' then return old; end if;
        return new;
    end if;
    if tg_op = 'DELETE' or new.state = 'draft' or new.published_at is distinct from old.published_at
       or new.total_minor <> old.total_minor or new.plan_id <> old.plan_id
       or new.number <> old.number or new.effective_from <> old.effective_from then
        raise exception 'a published plan is immutable';
    end if;
    return new;
end $$;
create trigger plan_version_guard before update or delete on plan_version
for each row execute function plan_version_guard();
