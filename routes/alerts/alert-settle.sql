-- Stores the outcome of a message. In: variable deliveryFailure, null or a map of error, pause (seconds that the receiver asked for, or null) and permanent.
-- A failed message is tried again after a pause. It is given up if the failure is permanent or the message is a test; claim_alert_message gives up old ones.
UPDATE alert_messages
   SET claimed_until = NULL,
       error = :#${variable.deliveryFailure[error]},
       sent_at = CASE WHEN CAST(:#${variable.deliveryFailure[error]} AS text) IS NULL THEN clock_timestamp() END,
       due_at = clock_timestamp() + coalesce(CAST(:#${variable.deliveryFailure[pause]} AS integer) * interval '1 second',
                    least(CAST(:#${properties:saddlebag.alerts.longest-pause} AS interval),
                          CAST(:#${properties:saddlebag.alerts.first-pause} AS interval) * 3 ^ least(attempts - 1, 10))),
       given_up_at = CASE WHEN CAST(:#${variable.deliveryFailure[error]} AS text) IS NOT NULL
                               AND (kind = 'test' OR given_up_at IS NOT NULL OR CAST(:#${variable.deliveryFailure[permanent]} AS boolean))
                          THEN clock_timestamp() END
 WHERE id = CAST(:#${variable.message[id]} AS bigint) AND sent_at IS NULL
