-- When the runs of each connected organisation start; what it leaves out is as the settings say.
SELECT o.org_id AS org, m.mode, coalesce(m.cron, m.usual) AS cron,
       coalesce(o.timezone, :#${properties:saddlebag.pull.timezone}) AS timezone,
       coalesce(m.cron, o.timezone) IS NOT NULL AS own
  FROM organisations o
 CROSS JOIN LATERAL (VALUES ('incremental', o.pull_cron, :#${properties:saddlebag.pull.cron}),
                            ('full', o.full_cron, :#${properties:saddlebag.pull.full-cron})) AS m(mode, cron, usual)
 WHERE o.connection_id IS NOT NULL
