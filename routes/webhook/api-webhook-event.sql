SELECT CAST(json_build_object(
           'id', e.id, 'org', e.org_id, 'eventId', e.event_id, 'entity', e.entity, 'event', e.event, 'zohoId', e.zoho_id, 'modified', e.modified,
           'complete', e.complete, 'status', e.status, 'attempts', e.attempts, 'receivedAt', e.received_at, 'toldAt', e.told_at,
           'dueAt', CASE WHEN e.status = 'pending' THEN e.due_at END, 'claimedUntil', e.claimed_until, 'fetchedAt', e.fetched_at, 'processedAt', e.processed_at,
           'seconds', round(extract(epoch FROM e.processed_at - e.received_at), 3), 'error', e.error, 'replay', e.replay_id,
           'deadLetter', (SELECT d.id FROM dead_letters d WHERE d.org_id = e.org_id AND d.entity = e.entity AND d.zoho_id = e.zoho_id AND d.event_id = e.event_id
                             AND d.closed_at IS NULL LIMIT 1),
           'payload', e.payload) AS text) AS event
  FROM webhook_events e WHERE e.id = :#${variable.id}
