-- The sinks of one kind of an organisation run one after the other, so that each merges its records into committed rows.
-- The planner settings make the kind's statement find rows by key, whatever the size of the table. To plan the statement anew for each page cost
-- 2.8 of 13.7 ms. A plan that was made while the table was small, and then kept, read the whole table for each page: 111 ms; or, with a join
-- that kept the organisation's rows in memory (enable_material), 608 ms at page 40 of a first run.
-- run_id and call_id tell the history who writes: the run, and the call that fetched the page or, for a single record, the last call.
-- A last_modified_time in the future does not count as a version. Zoho's clock decides for a page; for a webhook or a stored record, this server's
-- clock decides. A time without an offset is in the organisation's time zone.
-- A webhook's event waits for the lock for saddlebag.webhook.lock-timeout at most, because other events wait behind it. Then it is retried.
SELECT set_config('lock_timeout', CASE WHEN CAST(:#${variable.purpose} AS text) = 'webhook'
                                       THEN CAST(round(extract(epoch FROM CAST(:#${properties:saddlebag.webhook.lock-timeout} AS interval)) * 1000) AS text)
                                       ELSE current_setting('lock_timeout') END, true),
       lock_work('sink ' || :#${variable.entity} || ' ' || :#${variable.org}),
       set_config('plan_cache_mode', 'force_generic_plan', true), set_config('enable_seqscan', 'off', true),
       set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true),
       set_config('enable_material', 'off', true),
       set_config('saddlebag.latest_version', CAST(coalesce(CAST(:#${variable.page.answeredAt} AS timestamptz), clock_timestamp())
                                                   + interval '5 minutes' AS text), true),
       set_config('saddlebag.zone', coalesce((SELECT o.timezone FROM organisations o WHERE o.org_id = :#${variable.org}),
                                             :#${bean:timerAgreement?method=zone}), true),
       set_config('saddlebag.run_id', coalesce(CAST(:#${variable.runId} AS text), ''), true),
       set_config('saddlebag.call_id', coalesce(CAST(:#${variable.page.callId} AS text),
                                                CAST(:#${variable.slot[call_id]} AS text), ''), true),
       set_config('saddlebag.source', CASE WHEN CAST(:#${variable.run[mode]} AS text) = 'remap' THEN 'remap'
                                           WHEN CAST(:#${variable.purpose} AS text) = 'check' THEN 'api'
                                           ELSE coalesce(CAST(:#${variable.purpose} AS text), '') END, true),
       set_config('saddlebag.with_source', CASE WHEN CAST(:#${variable.run[writes_report]} AS boolean) THEN 'on' ELSE '' END, true)
