-- Stores the outcome of a message. In: variable deliveryFailure, null or a map of error, pause (seconds that the receiver asked for, or null), permanent, and
-- delivered: the message reached some of its recipients, so it is sent. A failed message is tried again after a pause. It is given up at the
-- first failure if it is a test. It is given up at the fourth attempt or a later one, if that failure is permanent; with the default pauses (5, 15 and 45
-- seconds) the fourth attempt is 65 seconds after the first. claim_alert_message gives up messages that are too old.
UPDATE alert_messages
   SET claimed_until = NULL,
       error = :#${variable.deliveryFailure[error]},
       sent_at = CASE WHEN CAST(:#${variable.deliveryFailure[error]} AS text) IS NULL OR CAST(:#${variable.deliveryFailure[delivered]} AS boolean) THEN clock_timestamp() END,
       due_at = clock_timestamp() + coalesce(CAST(:#${variable.deliveryFailure[pause]} AS integer) * interval '1 second',
                    least(CAST(:#${properties:saddlebag.alerts.longest-pause} AS interval),
                          CAST(:#${properties:saddlebag.alerts.first-pause} AS interval) * 3 ^ least(attempts - 1, 10))),
       given_up_at = CASE WHEN CAST(:#${variable.deliveryFailure[error]} AS text) IS NOT NULL AND NOT CAST(:#${variable.deliveryFailure[delivered]} AS boolean)
                               AND (kind = 'test' OR given_up_at IS NOT NULL OR attempts >= 4 AND CAST(:#${variable.deliveryFailure[permanent]} AS boolean))
                          THEN clock_timestamp() END
 WHERE id = CAST(:#${variable.message[id]} AS bigint) AND sent_at IS NULL
