-- Claims nothing when only the reserved part of the daily quota is left. An unknown quota counts as unused.
SELECT take_detail(:#${variable.org}, :#${variable.entity}, :#${variable.kind.table}, :#${variable.kind.idColumn},
                   CAST(:#${properties:saddlebag.pull.details-retry-after} AS interval)) AS zoho_id
  FROM zoho_quotas(CAST(:#${properties:zoho.calls-per-minute} AS integer), CAST(NULLIF(:#${properties:zoho.calls-per-day}, '') AS integer),
                   CAST(:#${properties:zoho.call-timeout} AS interval)) q
 WHERE q.org_id = :#${variable.org}
   AND coalesce(CAST(:#${variable.indexInTick} AS integer) + 1, 0) < CAST(:#${properties:saddlebag.pull.details-batch-size} AS integer)
   AND coalesce(q.day_remaining > CAST(q.day_limit AS bigint) * CAST(:#${properties:saddlebag.pull.details-reserve-percent} AS integer) / 100, true)
