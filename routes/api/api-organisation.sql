SELECT CAST(organisation AS text) AS organisation
  FROM organisations_api(CAST(:#${bean:webhookSecrets?method=inSettings} AS boolean)) WHERE org_id = :#${variable.org}
