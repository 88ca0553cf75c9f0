SELECT org_id, event_id, entity, event, zoho_id, complete, alone, payload, attempts, claimed_until
  FROM claim_webhooks(false, ARRAY[CAST(:#${variable.entity} AS text)], CAST(:#${properties:saddlebag.webhook.together} AS integer) - 1,
                      CAST(:#${properties:saddlebag.webhook.lease} AS interval) + 2 * CAST(:#${properties:zoho.call-timeout} AS interval),
                      :#${variable.org}, CAST(:#${properties:saddlebag.webhook.fetches} AS integer))
