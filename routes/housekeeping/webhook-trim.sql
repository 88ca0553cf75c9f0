DELETE FROM webhook_events
 WHERE id IN (SELECT id FROM webhook_events
               WHERE status IN ('done', 'ignored')
                 AND processed_at < clock_timestamp() - CAST(:#${properties:saddlebag.webhook.keep-days} AS integer) * interval '24 hours'
               ORDER BY id LIMIT 5000)
