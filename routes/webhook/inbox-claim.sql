-- In the lane of complete events a claim takes a batch. In the lane of fetches a claim takes one event; webhook-fetch claims others with it
-- where one call brings many records. The lease lasts until those calls must have ended.
-- Column more: another claim may find events, because this one is full or one of its records has another event.
SELECT org_id, event_id, entity, event, zoho_id, complete, alone, payload, attempts, claimed_until,
       NOT complete OR count(*) OVER () = CAST(:#${properties:saddlebag.webhook.batch-size} AS integer)
           OR bool_or(has_another_due(c)) OVER () AS more
  FROM claim_webhooks(CAST(:#${variable.complete} AS boolean), string_to_array(:#${bean:kinds?method=list}, ','),
                      CASE WHEN CAST(:#${variable.complete} AS boolean) THEN CAST(:#${properties:saddlebag.webhook.batch-size} AS integer) ELSE 1 END,
                      CAST(:#${properties:saddlebag.webhook.lease} AS interval)
                          + CASE WHEN CAST(:#${variable.complete} AS boolean) THEN interval '0'
                                 ELSE 2 * CAST(:#${properties:zoho.call-timeout} AS interval) END,
                      NULL, CAST(:#${properties:saddlebag.webhook.fetches} AS integer)) c
