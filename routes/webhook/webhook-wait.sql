UPDATE webhook_events
   SET due_at = CAST(:#${variable.limit.until.toString} AS timestamptz) + random() * interval '1 s', claimed_until = NULL,
       attempts = attempts - 1, error = :#${variable.limit.message}
 WHERE org_id = :#${variable.org} AND event_id = :#${variable.claim[event_id]} AND status = 'pending'
   AND claimed_until = CAST(:#${variable.claim[claimed_until]} AS timestamptz)
