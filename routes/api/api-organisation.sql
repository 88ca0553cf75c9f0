SELECT CAST(organisation AS text) AS organisation FROM organisations_api WHERE org_id = :#${variable.org}
