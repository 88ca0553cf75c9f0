WITH span AS (
    SELECT generate_series(date_trunc('hour', clock_timestamp() - (CAST(:#${variable.request[hours]} AS integer) - 1) * interval '1 hour'), clock_timestamp(), interval '1 hour') AS hour
),
since AS (SELECT min(hour) AS at FROM span),
counted AS (
    SELECT f.entity, date_trunc('hour', f.found_at) AS hour, count(*) AS found, count(m.zoho_id) AS missed
      FROM since s
      JOIN poll_findings f ON f.org_id = :#${variable.org} AND f.found_at >= s.at
      LEFT JOIN missed_webhooks m ON m.org_id = f.org_id AND m.entity = f.entity AND m.zoho_id = f.zoho_id AND m.modified_at = f.modified_at
     GROUP BY 1, 2
),
kinds AS (
    SELECT entity FROM counted
    UNION
    SELECT c.entity FROM webhook_counts c, since s WHERE c.org_id = :#${variable.org} AND c.hour >= s.at AND c.result = 'accepted'
),
mapped AS (
    SELECT k.entity, json_agg(json_build_object('hour', p.hour, 'found', coalesce(c.found, 0), 'missed', coalesce(c.missed, 0)) ORDER BY p.hour) AS cells,
           coalesce(sum(c.found), 0) AS found, coalesce(sum(c.missed), 0) AS missed
      FROM kinds k CROSS JOIN span p LEFT JOIN counted c ON c.entity = k.entity AND c.hour = p.hour
     GROUP BY 1
)
SELECT CAST(json_build_object('org', CAST(:#${variable.org} AS text), 'hours', (SELECT json_agg(hour ORDER BY hour) FROM span),
           'kinds', coalesce(json_agg(json_build_object('entity', entity, 'found', found, 'missed', missed, 'cells', cells) ORDER BY entity), '[]')) AS text) AS missed
  FROM mapped
