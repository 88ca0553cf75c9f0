-- Whether a token that was fresh has been refused here before. Not believed for long: it may have died at that moment.
SELECT EXISTS (SELECT 1 FROM missing_scopes
                WHERE connection_id = CAST(:#${variable.connection} AS bigint)
                  AND area = substring(:#${variable.path} FROM '^(?:/[^/]+){1,3}')
                  AND token_version = CAST(:#${variable.refused} AS bigint)
                  AND since > clock_timestamp() - interval '10 minutes') AS known
