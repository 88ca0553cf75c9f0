-- A page of the table sync_deletes, by the id, with what people know the record by and the user who refused, restored or released it. The counts are of all.
WITH listed AS (
    SELECT * FROM sync_deletes WHERE run_id = :#${variable.id} OR decided_run = :#${variable.id}
),
page AS (
    SELECT *, row_number() OVER (ORDER BY zoho_id) AS place
      FROM (SELECT * FROM listed
             WHERE zoho_id > coalesce(CAST(:#${variable.request[after]} AS text), '')
               AND (CAST(:#${variable.request[state]} AS text) IS NULL OR state = :#${variable.request[state]})
             ORDER BY zoho_id LIMIT :#${variable.request[limit]} + 1) p
),
releases AS (
    SELECT d.run_id, (SELECT a.who FROM run_parts(d.run_id) AS part JOIN sync_runs s ON s.id = part CROSS JOIN LATERAL run_start_action(s) a ORDER BY a.id LIMIT 1) AS who
      FROM (SELECT DISTINCT decided_run AS run_id FROM page) d JOIN sync_runs r ON r.id = d.run_id AND r.mode = 'deletes'
)
SELECT CAST(json_build_object(
           'runId', r.id, 'org', r.org, 'entity', r.entity,
           'counts', (SELECT coalesce(json_object_agg(state, n ORDER BY state), '{}')
                        FROM (SELECT state, count(*) AS n FROM listed GROUP BY state) c),
           'deletes', (SELECT coalesce(json_agg(json_build_object(
                                  'zohoId', p.zoho_id, 'label', l.label, 'columns', l.columns, 'state', p.state, 'reason', p.reason, 'decidedAt', p.decided_at, 'decidedBy', p.decided_run,
                                  'decidedByUser', CASE WHEN p.state IN ('refused', 'restored') THEN (
                                      SELECT a.who FROM audit_log a
                                       WHERE a.at >= p.decided_at AND a.at < p.decided_at + interval '1 minute' AND a.outcome = 'done'
                                         AND a.action IN ('deletes.refuse', 'deletes.restore', 'record.restore')
                                         AND a.object IN (CAST(p.run_id AS text), CAST(r.id AS text), CAST(p.decided_run AS text), r.entity || '/' || p.zoho_id)
                                       ORDER BY a.id LIMIT 1)
                                      ELSE (SELECT s.who FROM releases s WHERE s.run_id = p.decided_run) END)
                                  ORDER BY p.zoho_id), '[]')
                         FROM page p
                         LEFT JOIN record_labels(CAST(:#${bean:kinds?method=search} AS jsonb), r.org, r.entity, ARRAY(SELECT zoho_id FROM page)) l ON l.zoho_id = p.zoho_id
                        WHERE p.place <= :#${variable.request[limit]}),
           'next', (SELECT max(zoho_id) FILTER (WHERE place <= :#${variable.request[limit]}) FROM page HAVING count(*) > :#${variable.request[limit]})) AS text) AS deletes
  FROM sync_runs r WHERE r.id = :#${variable.id}
