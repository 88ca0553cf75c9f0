-- Whether this token was refused here when it was fresh, and nothing speaks against it since: no call got through here,
-- and the token lives, for others got through with it; or else it was only just found out.
SELECT EXISTS (SELECT 1 FROM missing_scopes m
                WHERE m.connection_id = CAST(:#${variable.connection} AS bigint)
                  AND m.area = substring(:#${variable.path} FROM '^(?:/[^/]+){1,3}')
                  AND m.token_version = CAST(:#${variable.refused} AS bigint)
                  AND NOT EXISTS (SELECT 1 FROM zoho_calls c JOIN organisations o ON o.org_id = c.org_id
                                   WHERE o.connection_id = m.connection_id AND c.at > m.since AND c.zoho_code = '0'
                                     AND substring(c.path FROM '^(?:/[^/]+){1,3}') = m.area)
                  AND (m.since > clock_timestamp() - interval '2 minutes'
                       OR EXISTS (SELECT 1 FROM zoho_calls c JOIN organisations o ON o.org_id = c.org_id
                                   WHERE o.connection_id = m.connection_id AND c.zoho_code = '0'
                                     AND c.at > clock_timestamp() - interval '2 minutes'))) AS known
