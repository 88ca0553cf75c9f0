SELECT call_id, sent_at, wait_ms, catalogue, token
  FROM meta_take_slot(:#${variable.org}, :#${variable.method}, :#${variable.path}, :#${variable.purpose}, CAST(:#${variable.runId} AS bigint),
                      CAST(:#${variable.records} AS integer), CAST(:#${properties:saddlebag.meta.calls-per-minute} AS integer),
                      CAST(:#${properties:zoho.call-timeout} AS interval))
