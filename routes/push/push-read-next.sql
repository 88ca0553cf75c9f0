SELECT request, query, content, CAST(keys AS text) AS keys, external_key, external_keys, zoho_id, zoho_ids, fields
  FROM push_read_next(CAST(:#${variable.runId} AS bigint), CAST(:#${variable.run[epoch]} AS integer), CAST(:#${variable.target.settings} AS jsonb))
