SELECT zoho_id, verdict
  FROM judge_webhooks(:#${variable.org}, :#${variable.entity}, :#${variable.table}, :#${variable.keyColumn}, :#${variable.idKey}, CAST(:#${variable.records} AS jsonb),
                      CAST(:#${variable.page.shape} AS text))
