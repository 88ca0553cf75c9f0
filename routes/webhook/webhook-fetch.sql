UPDATE webhook_events
   SET claimed_until = clock_timestamp() + CAST(:#${properties:saddlebag.webhook.lease} AS interval)
                       + 2 * CAST(:#${properties:zoho.call-timeout} AS interval)
 WHERE org_id = :#${variable.org} AND event_id = :#${variable.eventId} AND status = 'pending'
   AND claimed_until = CAST(:#${variable.until} AS timestamptz)
RETURNING claimed_until
