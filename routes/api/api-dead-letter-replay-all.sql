-- Closes the letters of pulls, because the new event of the record either succeeds or becomes a dead letter itself. Events, and letters of pushes, store the id of
-- the replay, by which the progress of the replay is counted. An event of an earlier replay moves to this replay.
WITH replay AS MATERIALIZED (SELECT nextval(pg_get_serial_sequence('letter_replays', 'id')) AS id),
chosen AS (
    SELECT id, org_id, source, entity, zoho_id, event_id
      FROM dead_letters
     WHERE org_id = :#${variable.org} AND closed_at IS NULL
       AND (CAST(:#${variable.request[entity]} AS text) IS NULL OR entity = :#${variable.request[entity]})
       AND (CAST(:#${variable.request[source]} AS text) IS NULL OR source = :#${variable.request[source]})
       AND (CAST(:#${variable.request[reason]} AS text) IS NULL OR reason = :#${variable.request[reason]})
       AND starts_with(error, coalesce(CAST(:#${variable.request[error]} AS text), ''))
       AND failed_at >= coalesce(CAST(:#${variable.request[since]} AS timestamptz), '-infinity')
       AND failed_at < coalesce(CAST(:#${variable.request[before]} AS timestamptz), 'infinity')
       FOR UPDATE
),
revived AS (
    UPDATE webhook_events w
       SET status = 'pending', attempts = 0, due_at = clock_timestamp(), claimed_until = NULL, processed_at = NULL, error = NULL,
           replay_id = (SELECT id FROM replay)
      FROM chosen c
      JOIN webhook_events o ON o.org_id = c.org_id AND o.event_id = c.event_id
     WHERE c.source = 'webhook' AND w.id = o.id AND w.status = 'dead'
    RETURNING c.id, o.replay_id AS before
),
fetches AS (
    INSERT INTO webhook_events (org_id, event_id, digest, entity, event, zoho_id, complete, payload, replay_id)
    SELECT org_id, 'letter-' || id || '-' || gen_random_uuid(), 'letter-' || id, entity, 'updated', zoho_id, false, '{}', (SELECT r.id FROM replay r)
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
       SET replayed_at = clock_timestamp(), closed_at = CASE WHEN r.is_fetch THEN clock_timestamp() END,
           replay_id = CASE WHEN r.is_due THEN (SELECT id FROM replay) END
      FROM (SELECT id, false AS is_fetch, false AS is_due FROM revived UNION ALL SELECT id, false, true FROM due UNION ALL SELECT id, true, false FROM fetches) r
     WHERE l.id = r.id
),
moved AS (
    UPDATE letter_replays p SET moved_on = p.moved_on + m.n
      FROM (SELECT before, count(*) AS n FROM revived WHERE before IS NOT NULL GROUP BY 1) m
     WHERE p.id = m.before
),
counted AS (
    SELECT (SELECT count(*) FROM chosen) AS found, (SELECT count(*) FROM revived) + (SELECT count(*) FROM fetches) + (SELECT count(*) FROM due) AS replayed
),
stored AS (
    INSERT INTO letter_replays (id, org_id, request, found, replayed) OVERRIDING SYSTEM VALUE
    SELECT r.id, :#${variable.org}, jsonb_strip_nulls(jsonb_build_object('source', CAST(:#${variable.request[source]} AS text), 'entity', CAST(:#${variable.request[entity]} AS text),
               'reason', CAST(:#${variable.request[reason]} AS text), 'error', CAST(:#${variable.request[error]} AS text),
               'from', CAST(:#${variable.request[since]} AS timestamptz), 'to', CAST(:#${variable.request[before]} AS timestamptz))), c.found, c.replayed
      FROM replay r CROSS JOIN counted c WHERE c.replayed > 0
    RETURNING id
)
SELECT CAST(json_build_object('replayed', c.replayed, 'found', c.found, 'replayId', (SELECT id FROM stored)) AS text) AS answer
  FROM counted c
