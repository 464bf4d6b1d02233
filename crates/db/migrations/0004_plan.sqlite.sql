create trigger plan_cell_no_insert before insert on plan_cell
when (select state from plan_version where id = new.version_id) <> 'draft'
begin select raise(abort, 'a published plan is immutable'); end;
create trigger plan_cell_no_update before update on plan_cell
when (select state from plan_version where id = old.version_id) <> 'draft'
begin select raise(abort, 'a published plan is immutable'); end;
create trigger plan_cell_no_delete before delete on plan_cell
when (select state from plan_version where id = old.version_id) <> 'draft'
begin select raise(abort, 'a published plan is immutable'); end;
