SELECT wait_webhook(:#${variable.org}, CAST(:#${body[event_id]} AS text), CAST(:#${body[claimed_until]} AS timestamptz),
                    CAST(:#${variable.delay.until.toString} AS timestamptz), :#${variable.delay.message})
