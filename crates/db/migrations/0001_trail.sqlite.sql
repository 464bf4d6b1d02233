create trigger trail_audit_no_update before update on trail_audit
begin select raise(abort, 'the audit trail is append-only'); end;
create trigger trail_audit_no_delete before delete on trail_audit
begin select raise(abort, 'the audit trail is append-only'); end;
