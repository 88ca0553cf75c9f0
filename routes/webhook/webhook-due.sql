-- Those that come due one after the other are not waited for one by one.
SELECT due_now, greatest(next_ms, CAST(:#${properties:saddlebag.webhook.pace} AS integer)) AS next_ms
  FROM webhooks_due(CAST(:#${properties:saddlebag.webhook.every} AS interval))
 WHERE due_now OR next_ms IS NOT NULL
