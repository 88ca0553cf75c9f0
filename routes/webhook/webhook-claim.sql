SELECT org_id, event_id, entity, event, zoho_id, modified, complete, payload, attempts, claimed_until
  FROM claim_webhooks(CAST(:#${variable.complete} AS boolean), string_to_array(:#${bean:kinds?method=list}, ','),
                      CAST(:#${properties:saddlebag.webhook.at-once} AS integer),
                      CAST(:#${properties:saddlebag.webhook.lease} AS interval))
