SELECT o.is_default AS settings, o.webhook_secret IS NOT NULL AS webhook_secret_stored, c.region, c.token_version, array_to_string(o.kinds, ',') AS kinds
  FROM organisations o LEFT JOIN connections c ON c.id = o.connection_id
 WHERE o.org_id = :#${variable.org}
