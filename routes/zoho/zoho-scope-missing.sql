-- Decides whether Zoho's refusal means a missing scope, without requesting another token. It does in these three cases:
--   the refused token is less than 2 minutes old, and a missing scope is noted for this token already
--   the token is less than 10 seconds old, and was requested because Zoho refused the token before it
--   the scope was missing before, and another call with the token succeeded within the last 2 minutes; but not for the codes 14 and INVALID_TOKEN,
--   which Zoho sends for invalid tokens only
-- In none of them does it if a call of this area succeeded, because then the token may have expired since: a call with this token if it is less
-- than 2 minutes old, otherwise any call of the last 2 days. If the scope is noted as missing, only a call of this organisation after the note
-- counts.
WITH refused AS (
    SELECT c.id, c.issued_at, c.issued_at > clock_timestamp() - interval '2 minutes' AS fresh, c.refused_version, c.token_version,
           m.since, substring(:#${variable.path} FROM '^(?:/[^/]+){1,3}') AS area
      FROM connections c
      LEFT JOIN missing_scopes m ON m.connection_id = c.id AND m.area = substring(:#${variable.path} FROM '^(?:/[^/]+){1,3}')
     WHERE c.id = CAST(:#${variable.token[connection_id]} AS bigint) AND c.token_version = CAST(:#${variable.refusedTokenVersion} AS bigint)
)
SELECT EXISTS (SELECT 1 FROM refused r
                WHERE (r.fresh AND EXISTS (SELECT 1 FROM missing_scopes f WHERE f.connection_id = r.id AND f.token_version = r.token_version)
                       OR r.refused_version = r.token_version - 1 AND r.issued_at > clock_timestamp() - interval '10 seconds'
                       OR r.since IS NOT NULL AND coalesce(CAST(:#${variable.answer.code} AS text), '') NOT IN ('14', 'INVALID_TOKEN')
                          AND EXISTS (SELECT 1 FROM zoho_calls c JOIN organisations o ON o.org_id = c.org_id
                                       WHERE o.connection_id = r.id AND (c.zoho_code = '0' OR c.zoho_code IS NULL AND c.product IN ('crm', 'desk') AND c.status < 300) AND c.answered_at > r.issued_at
                                         AND c.at > clock_timestamp() - interval '2 minutes'))
                  AND NOT EXISTS (SELECT 1 FROM zoho_calls c JOIN organisations o ON o.org_id = c.org_id
                                   WHERE o.connection_id = r.id AND (c.zoho_code = '0' OR c.zoho_code IS NULL AND c.product IN ('crm', 'desk') AND c.status < 300) AND c.method = :#${variable.method}
                                     AND substring(c.path FROM '^(?:/[^/]+){1,3}') = r.area
                                     AND (r.since IS NULL OR c.org_id = :#${variable.org})
                                     AND c.at > coalesce(r.since, clock_timestamp() - interval '2 days')
                                     AND (NOT r.fresh OR c.answered_at > r.issued_at))) AS missing
