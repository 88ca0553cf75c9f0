SELECT CAST(json_build_object('runs', coalesce(json_agg(run ORDER BY id DESC), '[]')) AS text) AS runs
  FROM (SELECT id, run FROM sync_runs_api
         WHERE org = :#${variable.org}
           AND (CAST(:#${variable.request[entity]} AS text) IS NULL OR entity = :#${variable.request[entity]})
           AND (CAST(:#${variable.request[status]} AS text) IS NULL OR status = :#${variable.request[status]})
         ORDER BY id DESC LIMIT :#${variable.request[limit]}) newest
