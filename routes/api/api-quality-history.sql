-- The measures of a kind in the runs in which a measure changed, the newest first. Reads one run more than the page has. If that run exists, there is a next page,
-- which begins before the last run of this page.
SELECT CAST(json_build_object('entity', CAST(:#${variable.entity} AS text),
           'measures', (SELECT coalesce(json_agg(DISTINCT n.measure), '[]') FROM data_quality_now n WHERE n.org_id = :#${variable.org} AND n.entity = :#${variable.entity}),
           'history', coalesce(json_agg(json_build_object('runId', run_id, 'at', at, 'of', of, 'counts', counts) ORDER BY run_id DESC)
                                   FILTER (WHERE place <= :#${variable.request[limit]}), '[]'),
           'next', CASE WHEN count(*) > :#${variable.request[limit]} THEN min(run_id) FILTER (WHERE place <= :#${variable.request[limit]}) END) AS text) AS history
  FROM (SELECT q.run_id, min(q.at) AS at, max(q.of) AS of, json_object_agg(q.measure, q.count) AS counts, row_number() OVER (ORDER BY q.run_id DESC) AS place
          FROM data_quality q
         WHERE q.org_id = :#${variable.org} AND q.entity = :#${variable.entity} AND q.run_id < :#${variable.request[before]}
         GROUP BY q.run_id ORDER BY q.run_id DESC LIMIT :#${variable.request[limit]} + 1) newest
