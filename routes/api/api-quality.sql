-- listed: whether the kind has a file that lists the records of a measure.
SELECT CAST(json_build_object('quality', coalesce(json_agg(json_build_object(
           'entity', entity, 'measure', measure, 'count', count, 'of', of, 'share', share, 'at', at, 'runId', run_id,
           'listed', entity = ANY (string_to_array(:#${bean:kinds?method=withQualityRecords}, ','))) ORDER BY entity, measure), '[]')) AS text) AS quality
  FROM data_quality_now WHERE org_id = :#${variable.org}
