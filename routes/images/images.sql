SELECT org_id AS org FROM organisations
 WHERE connection_id IS NOT NULL AND (kinds IS NULL OR 'items' = ANY (kinds)) ORDER BY org_id
