-- Notes the token that was refused last. A second note for the same token keeps the time of the first.
INSERT INTO missing_scopes AS m (connection_id, area, token_version)
VALUES (CAST(:#${variable.token[connection_id]} AS bigint), substring(:#${variable.path} FROM '^(?:/[^/]+){1,3}'),
        CAST(:#${variable.token[token_version]} AS bigint))
    ON CONFLICT (connection_id, area) DO UPDATE SET token_version = EXCLUDED.token_version, since = clock_timestamp()
 WHERE m.token_version <> EXCLUDED.token_version
