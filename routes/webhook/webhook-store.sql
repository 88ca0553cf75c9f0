SELECT judge_webhook(:#${variable.org}, :#${variable.entity}, :#${variable.table}, :#${variable.keyColumn}, :#${variable.claim[zoho_id]},
                     CAST(:#${variable.claim[modified]} AS timestamptz), CAST(:#${variable.records} AS jsonb) -> 0) AS verdict
