-- Filters of the lists of calls and of the audit. Most calls are in neither index of calls, so a call seldom costs more to write.
-- R__audit.sql b92ea334f744c3ba
-- R__calls.sql 9a8976030a5dc63e
-- R__retention.sql b58fe7429854585d
CREATE INDEX zoho_calls_refused ON zoho_calls (org_id, at, id) WHERE released_at > at AND (status >= 400 OR status IS NULL AND answered_at IS NOT NULL);
CREATE INDEX zoho_calls_slow ON zoho_calls (org_id, at, id) WHERE released_at > at AND ms >= 2000;
CREATE INDEX audit_log_action ON audit_log (action text_pattern_ops, id);
CREATE INDEX audit_log_org ON audit_log (org_id, id) WHERE org_id IS NOT NULL;
