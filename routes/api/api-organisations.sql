SELECT CAST(json_build_object('organisations', coalesce(json_agg(organisation ORDER BY org_id), '[]')) AS text) AS organisations
  FROM organisations_api(CAST(:#${bean:webhookSecrets?method=inSettings} AS boolean))
