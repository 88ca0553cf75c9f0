SELECT wait_webhook(:#${variable.org}, CAST(:#${variable.claim[event_id]} AS text), CAST(:#${variable.claim[claimed_until]} AS timestamptz),
                    CAST(:#${variable.limit.until.toString} AS timestamptz), :#${variable.limit.message})
