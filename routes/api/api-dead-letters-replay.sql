-- Closes the letters of pulls: the event of such a record succeeds, or becomes a dead letter of its own.
WITH chosen AS (
    SELECT id, org_id, source, entity, zoho_id, event_id
      FROM dead_letters
     WHERE org_id = :#${variable.org} AND closed_at IS NULL
       AND (CAST(:#${variable.request[entity]} AS text) IS NULL OR entity = :#${variable.request[entity]})
       AND (CAST(:#${variable.request[source]} AS text) IS NULL OR source = :#${variable.request[source]})
       AND starts_with(error, coalesce(CAST(:#${variable.request[error]} AS text), ''))
       AND failed_at >= coalesce(CAST(:#${variable.request[since]} AS timestamptz), '-infinity')
       AND failed_at < coalesce(CAST(:#${variable.request[before]} AS timestamptz), 'infinity')
       FOR UPDATE
),
revived AS (
    UPDATE webhook_events w
       SET status = 'pending', attempts = 0, due_at = clock_timestamp(), claimed_until = NULL, processed_at = NULL, error = NULL
      FROM chosen c
     WHERE c.source = 'webhook' AND w.org_id = c.org_id AND w.event_id = c.event_id AND w.status = 'dead'
    RETURNING c.id
),
told AS (
    INSERT INTO webhook_events (org_id, event_id, digest, entity, event, zoho_id, complete, payload)
    SELECT org_id, 'letter-' || id || '-' || gen_random_uuid(), 'letter-' || id, entity, 'updated', zoho_id, false, '{}'
      FROM chosen
     WHERE source = 'pull' AND zoho_id IS NOT NULL AND entity = ANY (string_to_array(:#${bean:kinds?method=list}, ','))
    RETURNING CAST(substr(digest, 8) AS bigint) AS id
),
due AS (
    UPDATE push_state s SET next_at = clock_timestamp(), attempts = 0, updated_at = clock_timestamp()
      FROM chosen c
     WHERE c.source = 'push' AND s.org_id = c.org_id AND s.target = c.entity AND s.record_key = c.zoho_id AND s.status = 'failed'
    RETURNING c.id
),
replayed AS (
    UPDATE dead_letters l
       SET replayed_at = clock_timestamp(), closed_at = CASE WHEN r.is_told THEN clock_timestamp() END
      FROM (SELECT id, false AS is_told FROM revived UNION ALL SELECT id, false FROM due UNION ALL SELECT id, true FROM told) r
     WHERE l.id = r.id
)
SELECT CAST(json_build_object('replayed', (SELECT count(*) FROM revived) + (SELECT count(*) FROM told) + (SELECT count(*) FROM due), 'found', count(*)) AS text) AS answer
  FROM chosen
