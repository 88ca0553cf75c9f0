SELECT o.org_id AS org, k.entity
  FROM organisations o CROSS JOIN unnest(string_to_array(:#${bean:kinds?method=list}, ',')) AS k(entity)
 WHERE o.connection_id IS NOT NULL
 ORDER BY o.org_id, k.entity
