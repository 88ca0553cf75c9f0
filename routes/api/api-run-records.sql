-- One page of the records that a run created or changed, in the order of kind and id. Reads one more than the page has. If it exists, there is a next page, which
-- begins after the last one of this page. A record that the run changed twice has the value before the first change and the value after the last one.
WITH run AS (
    SELECT * FROM sync_runs WHERE id = :#${variable.id}
),
page AS (
    SELECT entity, zoho_id, row_number() OVER (ORDER BY entity, zoho_id) AS place
      FROM ((SELECT entity, zoho_id FROM record_changes
              WHERE run_id = :#${variable.id} AND (entity, zoho_id) > (CAST(:#${variable.request[afterEntity]} AS text), CAST(:#${variable.request[afterId]} AS text))
              GROUP BY entity, zoho_id ORDER BY entity, zoho_id LIMIT :#${variable.request[limit]} + 1)
            UNION
            (SELECT r.entity, c.zoho_id FROM run r JOIN run_created c ON c.run_id = :#${variable.id}
              WHERE r.entity >= CAST(:#${variable.request[afterEntity]} AS text)
                AND c.zoho_id > CASE WHEN r.entity = CAST(:#${variable.request[afterEntity]} AS text) THEN CAST(:#${variable.request[afterId]} AS text) ELSE '' END
              ORDER BY c.zoho_id LIMIT :#${variable.request[limit]} + 1)) found
     ORDER BY entity, zoho_id LIMIT :#${variable.request[limit]} + 1
),
columns AS (
    SELECT c.entity, c.zoho_id, c.column_name, (array_agg(c.before ORDER BY c.id))[1] AS before, (array_agg(c.after ORDER BY c.id DESC))[1] AS after
      FROM page p JOIN record_changes c ON c.run_id = :#${variable.id} AND c.entity = p.entity AND c.zoho_id = p.zoho_id
     GROUP BY c.entity, c.zoho_id, c.column_name
),
records AS (
    SELECT p.*, l.label,
           CASE WHEN EXISTS (SELECT FROM run_created n WHERE n.run_id = r.id AND n.zoho_id = p.zoho_id AND p.entity = r.entity) THEN 'created'
                WHEN EXISTS (SELECT FROM columns d WHERE d.entity = p.entity AND d.zoho_id = p.zoho_id AND d.column_name = 'deleted_at' AND d.after IS NOT NULL) THEN 'deleted'
                ELSE 'updated' END AS what,
           (SELECT jsonb_object_agg(d.column_name, jsonb_build_object('before', d.before, 'after', d.after)) FROM columns d
             WHERE d.entity = p.entity AND d.zoho_id = p.zoho_id) AS changes
      FROM page p
     CROSS JOIN run r
      LEFT JOIN record_labels(CAST(:#${bean:kinds?method=search} AS jsonb), r.org, r.entity, ARRAY(SELECT zoho_id FROM page)) l ON l.zoho_id = p.zoho_id AND p.entity = r.entity
)
SELECT CAST(json_build_object('org', r.org, 'records', (SELECT coalesce(json_agg(json_build_object(
           'entity', entity, 'zohoId', zoho_id, 'label', label, 'what', what, 'changes', changes) ORDER BY place) FILTER (WHERE place <= :#${variable.request[limit]}), '[]') FROM records),
           'next', (SELECT CASE WHEN count(*) > :#${variable.request[limit]} THEN max(entity || ':' || zoho_id) FILTER (WHERE place = :#${variable.request[limit]}) END FROM page)) AS text) AS records
  FROM run r
