-- Stores the outcome of a heartbeat. In: variable deliveryFailure, as for alert-settle.sql. After a failure the next heartbeat is due in a minute.
UPDATE alert_watch
   SET heartbeat_error = :#${variable.deliveryFailure[error]},
       heartbeat_at = CASE WHEN CAST(:#${variable.deliveryFailure[error]} AS text) IS NULL THEN clock_timestamp() ELSE heartbeat_at END,
       heartbeat_due_at = clock_timestamp() + CASE WHEN CAST(:#${variable.deliveryFailure[error]} AS text) IS NULL
                                                   THEN CAST(:#${properties:saddlebag.alerts.heartbeat-every} AS interval) ELSE interval '1 minute' END
