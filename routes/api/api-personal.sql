SELECT CAST(masked(CAST(:#${variable.unmasked} AS jsonb), CAST(:#${bean:kinds?method=personal} AS jsonb), CAST(:#${variable.entity} AS text)) AS text) AS masked
