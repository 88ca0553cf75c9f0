-- Who did what: staff, the scheduler and the settings.

CREATE TABLE audit_log (
    id      bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    who     text        NOT NULL,
    role    text,
    address text,
    action  text        NOT NULL,
    org_id  text,
    object  text,
    outcome text        NOT NULL CHECK (outcome IN ('done', 'started', 'refused', 'failed')),
    details jsonb       NOT NULL DEFAULT '{}'
);
CREATE INDEX audit_log_at ON audit_log (at);
CREATE INDEX audit_log_who ON audit_log (who, id);
CREATE INDEX audit_log_object ON audit_log (object, id) WHERE object IS NOT NULL;

COMMENT ON TABLE audit_log IS 'Who did what, when, from where, with what outcome. Rows are only added; audit_trim() alone deletes, and only old ones. No secrets.';
COMMENT ON COLUMN audit_log.who IS 'user of the login, scheduler (a bearer of CRON_SECRET), or settings (what a start takes over)';
COMMENT ON COLUMN audit_log.role IS 'viewer, operator, admin or scheduler at that moment; null for settings';
COMMENT ON COLUMN audit_log.address IS 'IP address of the caller, as a trusted proxy reports it; null for settings';
COMMENT ON COLUMN audit_log.action IS 'stable name, such as run.start; docs/reference/audit.md lists all';
COMMENT ON COLUMN audit_log.org_id IS 'organisation, if the action is about one';
COMMENT ON COLUMN audit_log.object IS 'what the action is about, as the path of the request names it: items/460000000012345, or the id of a run';
COMMENT ON COLUMN audit_log.outcome IS 'done; started: a later row has the end; refused: the caller must change something (4xx); failed (5xx)';
COMMENT ON COLUMN audit_log.details IS 'parameters of the request, the values before and after, the reason of a refusal; never a secret';
-- R__audit.sql 053b3503b3a6eb43
