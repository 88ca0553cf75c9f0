SELECT g.metric, g.description, g.value, p.org_id AS org, p.target, g.status
  FROM push_summary p
 CROSS JOIN LATERAL (VALUES
       ('saddlebag.push.records', 'Records of a push target, by status; never: not sent yet', 'ok', p.ok),
       ('saddlebag.push.records', 'Records of a push target, by status; never: not sent yet', 'failed', p.failed),
       ('saddlebag.push.records', 'Records of a push target, by status; never: not sent yet', 'refused', p.refused),
       ('saddlebag.push.records', 'Records of a push target, by status; never: not sent yet', 'waiting', p.waiting),
       ('saddlebag.push.records', 'Records of a push target, by status; never: not sent yet', 'unknown', p.unknown),
       ('saddlebag.push.records', 'Records of a push target, by status; never: not sent yet', 'held', p.held),
       ('saddlebag.push.records', 'Records of a push target, by status; never: not sent yet', 'accepted', p.accepted),
       ('saddlebag.push.records', 'Records of a push target, by status; never: not sent yet', 'gone', p.gone),
       ('saddlebag.push.records', 'Records of a push target, by status; never: not sent yet', 'never', p.never),
       ('saddlebag.push.undecided', 'Held records that wait for a person''s decision', NULL, p.undecided + p.conflicts),
       ('saddlebag.push.attempts', 'Attempts of the last day to write a record', NULL, p.attempts_of_a_day),
       ('saddlebag.push.attempts.failed', 'Those of them that failed, or whose outcome is unknown', NULL, p.failed_of_a_day),
       ('saddlebag.push.oldest.due.seconds', 'Seconds that the record that is due longest has been due; 0 when none is', NULL,
        coalesce(greatest(0, CAST(extract(epoch FROM clock_timestamp() - p.oldest_due) AS bigint)), 0))
       ) AS g(metric, description, status, value)
UNION ALL
SELECT 'saddlebag.push.calls', 'Calls of the last minute that write or look up records of pushes', count(c.id), o.org_id, NULL, NULL
  FROM organisations o
  LEFT JOIN zoho_calls c ON c.org_id = o.org_id AND c.purpose = 'push' AND c.at > clock_timestamp() - interval '1 minute'
 GROUP BY o.org_id
