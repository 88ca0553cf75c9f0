-- Stores the outcome of a message. In: variable deliveryFailure, null or a map of error and pause (seconds that the receiver asked for, or null).
-- A failed message is tried again after a pause; a failed test message is not.
UPDATE alert_messages
   SET claimed_until = NULL,
       error = :#${variable.deliveryFailure[error]},
       sent_at = CASE WHEN CAST(:#${variable.deliveryFailure[error]} AS text) IS NULL THEN clock_timestamp() END,
       due_at = clock_timestamp() + coalesce(CAST(:#${variable.deliveryFailure[pause]} AS integer) * interval '1 second',
                    least(CAST(:#${properties:saddlebag.alerts.longest-pause} AS interval),
                          CAST(:#${properties:saddlebag.alerts.first-pause} AS interval) * 3 ^ least(attempts - 1, 10))),
       given_up_at = CASE WHEN CAST(:#${variable.deliveryFailure[error]} AS text) IS NOT NULL
                               AND (kind = 'test' OR created_at < clock_timestamp() - CAST(:#${properties:saddlebag.alerts.give-up-after} AS interval))
                          THEN clock_timestamp() END
 WHERE id = CAST(:#${variable.message[id]} AS bigint) AND sent_at IS NULL
