SELECT due_now, next_ms FROM webhooks_due(CAST(:#${properties:saddlebag.webhook.every} AS interval))
