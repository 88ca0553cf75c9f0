-- Organisations and kinds whose records were never read to the end.
SELECT o.org_id AS org, k.entity
  FROM organisations o CROSS JOIN unnest(string_to_array(:#${bean:kinds?method=list}, ',')) AS k(entity)
 WHERE o.connection_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM sync_watermarks w WHERE w.org = o.org_id AND w.entity = k.entity)
