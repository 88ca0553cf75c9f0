SELECT org_id AS org FROM organisations WHERE connection_id IS NOT NULL ORDER BY org_id
