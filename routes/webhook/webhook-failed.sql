SELECT fail_webhook(:#${variable.org}, :#${variable.eventId}, CAST(:#${variable.until} AS timestamptz), :#${variable.error},
                    CAST(:#${variable.mendable} AS boolean), CAST(:#${properties:saddlebag.webhook.attempts} AS integer),
                    CAST(:#${properties:saddlebag.webhook.first-pause} AS interval),
                    CAST(:#${properties:saddlebag.webhook.longest-pause} AS interval)) AS status
