SELECT CAST(filters -> :#${variable.entity} AS text) AS filter FROM organisations WHERE org_id = :#${variable.org}
