SELECT CAST(json_build_object(
           'id', l.id, 'org', l.org_id, 'source', l.source, 'entity', l.entity, 'zohoId', l.zoho_id, 'error', l.error, 'reason', l.reason,
           'attempts', l.attempts, 'createdAt', l.created_at, 'failedAt', l.failed_at, 'replayedAt', l.replayed_at, 'closedAt', l.closed_at,
           'runId', l.run_id, 'eventId', l.event_id, 'event', w.id, 'eventStatus', w.status, 'payload', l.payload) AS text) AS letter
  FROM dead_letters l
  LEFT JOIN webhook_events w ON w.org_id = l.org_id AND w.event_id = l.event_id
 WHERE l.id = :#${variable.id}
