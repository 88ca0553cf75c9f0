INSERT INTO missing_scopes (connection_id, area, token_version)
VALUES (CAST(:#${variable.connection} AS bigint), substring(:#${variable.path} FROM '^(?:/[^/]+){1,3}'),
        CAST(:#${variable.tokenVersion} AS bigint))
    ON CONFLICT (connection_id, area) DO UPDATE SET token_version = EXCLUDED.token_version, since = clock_timestamp()
