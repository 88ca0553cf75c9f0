-- Reads one row more than the page has. If that row exists, there is a next page, which begins before the last row of this page. Only calls of the last 30 days are
-- read, by the index on organisation and time.
SELECT CAST(json_build_object('calls', coalesce(json_agg(json_build_object(
           'id', id, 'at', at, 'purpose', purpose, 'method', method, 'path', path, 'status', status, 'code', zoho_code, 'ms', ms, 'runId', run_id,
           'records', records, 'credits', credits) ORDER BY at DESC, id DESC) FILTER (WHERE place <= :#${variable.request[limit]}), '[]'),
           'next', CASE WHEN count(*) > :#${variable.request[limit]} THEN min(id) FILTER (WHERE place <= :#${variable.request[limit]}) END) AS text) AS calls
  FROM (SELECT c.*, row_number() OVER (ORDER BY c.at DESC, c.id DESC) AS place
          FROM zoho_calls c
         WHERE c.org_id = :#${variable.org} AND c.at > now() - interval '30 days' AND c.released_at > c.at
           AND c.at <= coalesce((SELECT b.at FROM zoho_calls b WHERE b.id = CAST(:#${variable.request[before]} AS bigint)), 'infinity')
           AND c.id < coalesce(CAST(:#${variable.request[before]} AS bigint), 9223372036854775807)
           AND (CAST(:#${variable.request[purpose]} AS text) IS NULL OR c.purpose = :#${variable.request[purpose]})
           AND CASE CAST(:#${variable.request[only]} AS text) WHEN 'refused' THEN c.status >= 400 OR (c.status IS NULL AND c.answered_at IS NOT NULL)
                    WHEN 'slow' THEN c.ms >= 2000 ELSE true END
         ORDER BY c.at DESC, c.id DESC LIMIT :#${variable.request[limit]} + 1) page
