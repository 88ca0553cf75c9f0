WITH found AS (
    DELETE FROM poll_findings WHERE found_at < clock_timestamp() - CAST(:#${properties:saddlebag.webhook.keep-days} AS integer) * interval '24 hours'
)
DELETE FROM webhook_counts WHERE hour < clock_timestamp() - CAST(:#${properties:saddlebag.webhook.keep-days} AS integer) * interval '24 hours'
