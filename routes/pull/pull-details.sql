SELECT o.org_id AS org, k.entity
  FROM organisations o CROSS JOIN unnest(string_to_array(:#${bean:kinds?method=list}, ',')) AS k(entity)
 WHERE o.connection_id IS NOT NULL AND (o.kinds IS NULL OR k.entity = ANY (o.kinds))
 ORDER BY o.org_id, k.entity
