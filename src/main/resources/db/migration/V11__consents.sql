ALTER TABLE organisations
    -- The client with which somebody has yet to agree; then it becomes the connection, or takes the place of the one there.
    -- Until then nothing calls with it, and a connection that works goes on.
    ADD awaiting_id bigint REFERENCES connections (id);

-- An organisation whose id at Zoho nobody knows before the consent is kept under pending-<number>; real ids are digits.
CREATE SEQUENCE organisations_pending;

-- An organisation as the API tells it: of a secret only whether it is there.
CREATE VIEW organisations_api AS
SELECT o.org_id, o.name,
       json_build_object(
           'orgId', CASE WHEN o.org_id NOT LIKE 'pending-%' THEN o.org_id END, 'name', o.name, 'default', o.is_default,
           'connected', o.connection_id IS NOT NULL,
           'connectedAt', CASE WHEN o.connection_id IS NOT NULL THEN c.connected_at END,
           'region', c.region, 'clientId', c.client_id, 'clientSecretSet', c.client_secret IS NOT NULL,
           'refreshTokenSet', c.refresh_token IS NOT NULL, 'scopes', string_to_array(c.scopes, ' '),
           'sameConnectionAs', (SELECT coalesce(json_agg(s.org_id ORDER BY s.org_id), '[]') FROM organisations s
                                 WHERE s.connection_id = o.connection_id AND s.org_id <> o.org_id),
           'callsPerMinute', o.calls_per_minute, 'callsPerDay', o.calls_per_day, 'callsInFlight', o.calls_in_flight,
           'pullCron', o.pull_cron, 'fullCron', o.full_cron, 'timezone', o.timezone,
           'webhookSecretSet', o.webhook_secret IS NOT NULL,
           'toDo', CASE WHEN o.awaiting_id IS NOT NULL
                        THEN format('Nobody has agreed with client %s yet. Open /oauth/connect?org=%s in a browser', w.client_id, o.org_id)
                        WHEN o.connection_id IS NOT NULL THEN c.needs_person END) AS organisation
  FROM organisations o
  LEFT JOIN connections w ON w.id = o.awaiting_id
  LEFT JOIN connections c ON c.id = coalesce(o.connection_id, o.awaiting_id);
