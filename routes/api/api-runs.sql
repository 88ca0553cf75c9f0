SELECT CAST(json_build_object('runs', coalesce(json_agg(run ORDER BY id DESC), '[]')) AS text) AS runs
  FROM (SELECT id, run FROM sync_runs_api
         WHERE org = :#${variable.org}
           AND (CAST(:#${variable.entity} AS text) IS NULL OR entity = :#${variable.entity})
           AND (CAST(:#${variable.status} AS text) IS NULL OR status = :#${variable.status})
         ORDER BY id DESC LIMIT :#${variable.limit}) newest
