create trigger plan_cell_no_insert before insert on plan_cell
when (select state from plan_version where id = new.version_id) <> 'draft'
begin select raise(abort, 'a published plan is immutable'); end;
create trigger plan_cell_no_update before update on plan_cell
when exists (select 1 from plan_version where id in (old.version_id, new.version_id) and state <> 'draft')
begin select raise(abort, 'a published plan is immutable'); end;
create trigger plan_cell_no_delete before delete on plan_cell
when (select state from plan_version where id = old.version_id) <> 'draft'
begin select raise(abort, 'a published plan is immutable'); end;
create trigger plan_month_no_insert before insert on plan_month
when (select state from plan_version where id = new.version_id) <> 'draft'
begin select raise(abort, 'a published plan is immutable'); end;
create trigger plan_month_no_update before update on plan_month
when exists (select 1 from plan_version where id in (old.version_id, new.version_id) and state <> 'draft')
begin select raise(abort, 'a published plan is immutable'); end;
create trigger plan_month_no_delete before delete on plan_month
when (select state from plan_version where id = old.version_id) <> 'draft'
begin select raise(abort, 'a published plan is immutable'); end;
create trigger plan_version_no_way_back before update on plan_version
when old.published_at is not null
 and (new.state = 'draft' or new.published_at is not old.published_at or new.total_minor <> old.total_minor
      or new.plan_id <> old.plan_id or new.number <> old.number or new.effective_from <> old.effective_from)
begin select raise(abort, 'a published plan is immutable'); end;
create trigger plan_version_no_delete before delete on plan_version
when old.published_at is not null
begin select raise(abort, 'a published plan is immutable'); end;
