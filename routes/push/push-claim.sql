SELECT claim, CAST(to_jsonb(keys) AS text) AS keys
  FROM push_claim(CAST(:#${variable.runId} AS bigint), CAST(:#${variable.run[epoch]} AS integer), :#${variable.org}, :#${variable.target.name}, :#${variable.op},
                  :#${variable.target.mapping}, CAST(:#${variable.toSend} AS jsonb), CAST(:#${properties:saddlebag.push.lease} AS interval),
                  CAST(:#${bean:pushGuard?method=process} AS jsonb))
