SELECT CAST(json_build_object('quality', coalesce(json_agg(json_build_object(
           'entity', entity, 'measure', measure, 'count', count, 'of', of, 'share', share, 'at', at, 'runId', run_id)
           ORDER BY entity, measure), '[]')) AS text) AS quality
  FROM data_quality_now WHERE org_id = :#${variable.org}
