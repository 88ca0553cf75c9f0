-- The schedules of each connected organisation. A value that the organisation does not set comes from the settings, of the replica that all
-- replicas follow.
SELECT o.org_id AS org, m.mode, coalesce(m.cron, m.usual) AS cron,
       coalesce(o.timezone, :#${bean:timerAgreement?method=zone}) AS timezone,
       coalesce(m.cron, o.timezone) IS NOT NULL AS own
  FROM organisations o
 CROSS JOIN LATERAL (VALUES ('incremental', o.pull_cron, :#${bean:timerAgreement?method=incremental}),
                            ('full', o.full_cron, :#${bean:timerAgreement?method=full})) AS m(mode, cron, usual)
 WHERE o.connection_id IS NOT NULL
