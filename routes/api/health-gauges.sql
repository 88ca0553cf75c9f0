-- In: as body, for how long this process's longest waiting call of each organisation has waited, as JSON {"<org>": seconds}.
SELECT g.metric, g.description, g.value, o.org_id AS org, NULL AS entity
  FROM organisations o
  JOIN zoho_quotas(CAST(:#${properties:zoho.calls-per-minute} AS integer), CAST(NULLIF(:#${properties:zoho.calls-per-day}, '') AS integer),
                   CAST(:#${properties:zoho.call-timeout} AS interval)) q ON q.org_id = o.org_id
  LEFT JOIN connections c ON c.id = o.connection_id
 CROSS JOIN LATERAL (VALUES
       ('saddlebag.zoho.token.seconds.left', 'Seconds until the access token ends; 0 when the next call requests one',
        CASE WHEN c.id IS NOT NULL THEN coalesce(greatest(0, extract(epoch FROM c.ends_at - now())), 0) END),
       ('saddlebag.zoho.day.remaining', 'Calls left of the daily quota, where it is known', q.day_remaining),
       ('saddlebag.zoho.day.limit', 'Calls of the daily quota, where it is known', q.day_limit),
       ('saddlebag.zoho.person.needed', 'Whether calls wait for a person, who has to connect or agree: 1 yes, 0 no',
        CASE WHEN o.connection_id IS NULL AND o.awaiting_id IS NULL THEN NULL
             WHEN c.needs_person IS NOT NULL OR c.id IS NULL OR c.refresh_token IS NULL THEN 1 ELSE 0 END),
       ('saddlebag.zoho.credits.remaining', 'Credits that Zoho CRM had left when it last said so', o.credits_remaining),
       ('saddlebag.zoho.slots.held', 'Slots in use, of those that a minute has', q.slots_held),
       ('saddlebag.runs.waiting.seconds', 'Seconds that the run that waits longest has waited; 0 when none waits',
        (SELECT coalesce(extract(epoch FROM clock_timestamp() - min(r.waiting_since)), 0) FROM sync_runs r
          WHERE r.org = o.org_id AND r.status = 'running' AND r.waiting_until IS NOT NULL)),
       ('saddlebag.zoho.calls.waiting.seconds', 'Seconds that the call of this process that waits longest has waited; 0 when none waits',
        coalesce(CAST(CAST(:#${body} AS jsonb) ->> o.org_id AS numeric), 0))
       ) AS g(metric, description, value)
UNION ALL
SELECT 'saddlebag.details.lacking', 'Records from a list whose details are not fetched yet', lacking, org_id, entity FROM detail_progress
