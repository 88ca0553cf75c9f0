SELECT judge_webhook(:#${variable.org}, :#${variable.table}, :#${variable.keyColumn}, :#${variable.zohoId},
                     CAST(:#${variable.claim[modified]} AS timestamptz), CAST(:#${variable.records} AS jsonb) -> 0) AS verdict
