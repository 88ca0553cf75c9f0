SELECT fail_webhook(:#${variable.org}, :#${variable.claim[event_id]}, CAST(:#${variable.claim[claimed_until]} AS timestamptz),
                    :#${variable.error}, CAST(:#${variable.mendable} AS boolean) OR CAST(:#${variable.events.size} AS integer) > 1, CAST(:#${properties:saddlebag.webhook.attempts} AS integer),
                    CAST(:#${properties:saddlebag.webhook.first-pause} AS interval),
                    CAST(:#${properties:saddlebag.webhook.longest-pause} AS interval)) AS status
