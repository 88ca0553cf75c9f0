-- Reads one row more than the page has. If that row exists, there is a next page, which begins before the last row of this page. With an id: that call alone.
SELECT CAST(json_build_object('calls', coalesce(json_agg(json_build_object(
           'id', id, 'at', at, 'purpose', purpose, 'method', method, 'path', path, 'status', status, 'code', zoho_code, 'ms', ms, 'runId', run_id,
           'records', records, 'credits', credits) ORDER BY at DESC, id DESC) FILTER (WHERE place <= :#${variable.request[limit]}), '[]'),
           'next', CASE WHEN count(*) > :#${variable.request[limit]} THEN min(id) FILTER (WHERE place <= :#${variable.request[limit]}) END) AS text) AS calls
  FROM (SELECT c.*, row_number() OVER (ORDER BY c.at DESC, c.id DESC) AS place
          FROM (SELECT * FROM calls_page(CAST(:#${variable.org} AS text), CAST(:#${variable.request[purpose]} AS text), CAST(:#${variable.request[only]} AS text),
                                         CAST(:#${variable.request[before]} AS bigint), :#${variable.request[limit]} + 1)
                 WHERE CAST(:#${variable.request[id]} AS bigint) IS NULL
                UNION ALL
                SELECT * FROM zoho_calls WHERE id = CAST(:#${variable.request[id]} AS bigint) AND org_id = :#${variable.org}) c) page
