-- Whether Zoho's refusal means a missing scope, without asking for another token: because the one that it refused is fresh
-- and was refused elsewhere too, or was asked for a moment ago to find that out; or because the scope was missing before, and
-- others got through with it just now (code 14 is said of tokens alone).
-- It may have died since all the same, if somebody got through there where this call was refused: with a fresh token, or
-- in the last days. Where a scope was found missing before, only a call of this organisation since then counts for that.
WITH refused AS (
    SELECT c.id, c.issued_at, c.issued_at > clock_timestamp() - interval '2 minutes' AS fresh, c.refused_version, c.token_version,
           m.since, substring(:#${variable.path} FROM '^(?:/[^/]+){1,3}') AS area
      FROM connections c
      LEFT JOIN missing_scopes m ON m.connection_id = c.id AND m.area = substring(:#${variable.path} FROM '^(?:/[^/]+){1,3}')
     WHERE c.id = CAST(:#${variable.connection} AS bigint) AND c.token_version = CAST(:#${variable.refused} AS bigint)
)
SELECT EXISTS (SELECT 1 FROM refused r
                WHERE (r.fresh AND EXISTS (SELECT 1 FROM missing_scopes f WHERE f.connection_id = r.id AND f.token_version = r.token_version)
                       OR r.refused_version = r.token_version - 1 AND r.issued_at > clock_timestamp() - interval '10 seconds'
                       OR r.since IS NOT NULL AND CAST(:#${variable.answer.code} AS text) IS DISTINCT FROM '14'
                          AND EXISTS (SELECT 1 FROM zoho_calls c JOIN organisations o ON o.org_id = c.org_id
                                       WHERE o.connection_id = r.id AND c.zoho_code = '0' AND c.answered_at > r.issued_at
                                         AND c.at > clock_timestamp() - interval '2 minutes'))
                  AND NOT EXISTS (SELECT 1 FROM zoho_calls c JOIN organisations o ON o.org_id = c.org_id
                                   WHERE o.connection_id = r.id AND c.zoho_code = '0' AND c.method = :#${variable.method}
                                     AND substring(c.path FROM '^(?:/[^/]+){1,3}') = r.area
                                     AND (r.since IS NULL OR c.org_id = :#${variable.org})
                                     AND c.at > coalesce(r.since, clock_timestamp() - interval '2 days')
                                     AND (NOT r.fresh OR c.answered_at > r.issued_at))) AS missing
