SELECT o.org_id AS org
  FROM organisations o
 WHERE o.connection_id IS NOT NULL AND (o.kinds IS NULL OR :#${variable.entity} = ANY (o.kinds))
   AND EXISTS (SELECT 1 FROM stock_queue q WHERE q.org_id = o.org_id)
 ORDER BY o.org_id
