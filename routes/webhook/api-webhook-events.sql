-- Without payloads. Three ways, each by one index; PostgreSQL runs only the one that holds:
--   of a record  all its events
--   pending      all of the organisation, if there are up to 10,000. Ordered as only their partial index is
--   all else     the newest 10,000 events before the given one are looked through. If the page is not full after that, next goes on there, and
--                lookedBackTo says how far this page looked. An index for each filter would slow down every webhook.
WITH few AS MATERIALIZED (
    SELECT id, entity FROM webhook_events
     WHERE org_id = :#${variable.org} AND status = 'pending' AND CAST(:#${variable.request[status]} AS text) = 'pending' AND CAST(:#${variable.request[zohoId]} AS text) IS NULL
     ORDER BY entity, zoho_id, id LIMIT 10001
),
way AS (
    SELECT CASE WHEN CAST(:#${variable.request[zohoId]} AS text) IS NOT NULL THEN 'record'
                WHEN CAST(:#${variable.request[status]} AS text) = 'pending' AND (SELECT count(*) FROM few) <= 10000 THEN 'pending' ELSE 'newest' END AS way
),
picked AS (
    (SELECT e.id FROM webhook_events e
      WHERE CAST(:#${variable.request[zohoId]} AS text) IS NOT NULL AND e.org_id = :#${variable.org} AND e.zoho_id = CAST(:#${variable.request[zohoId]} AS text)
        AND e.entity = ANY (string_to_array(coalesce(CAST(:#${variable.request[entity]} AS text), :#${bean:kinds?method=list}), ','))
        AND (CAST(:#${variable.request[status]} AS text) IS NULL OR e.status = :#${variable.request[status]}) AND e.id < :#${variable.request[before]}
      ORDER BY e.received_at DESC, e.id DESC LIMIT :#${variable.request[limit]} + 1)
    UNION ALL
    (SELECT f.id FROM few f
      WHERE (SELECT way FROM way) = 'pending' AND f.id < :#${variable.request[before]}
        AND (CAST(:#${variable.request[entity]} AS text) IS NULL OR f.entity = :#${variable.request[entity]})
      ORDER BY f.id DESC LIMIT :#${variable.request[limit]} + 1)
    UNION ALL
    (SELECT n.id
       FROM (SELECT e.id, e.org_id, e.entity, e.status FROM webhook_events e WHERE e.id < :#${variable.request[before]} ORDER BY e.id DESC LIMIT 10000) n
      WHERE (SELECT way FROM way) = 'newest' AND n.org_id = :#${variable.org}
        AND (CAST(:#${variable.request[entity]} AS text) IS NULL OR n.entity = :#${variable.request[entity]})
        AND (CAST(:#${variable.request[status]} AS text) IS NULL OR n.status = :#${variable.request[status]})
      ORDER BY n.id DESC LIMIT :#${variable.request[limit]} + 1)
),
ended AS (
    SELECT l.id
      FROM (SELECT e.id FROM webhook_events e WHERE e.id < :#${variable.request[before]} ORDER BY e.id DESC OFFSET 9999 LIMIT 1) l
     WHERE (SELECT way FROM way) = 'newest' AND (SELECT count(*) FROM picked) <= :#${variable.request[limit]}
),
listed AS (
    SELECT e.*, row_number() OVER (ORDER BY e.id DESC) AS place FROM picked p JOIN webhook_events e ON e.id = p.id
)
SELECT CAST(json_build_object('events', coalesce(json_agg(json_build_object(
           'id', id, 'eventId', event_id, 'entity', entity, 'event', event, 'zohoId', zoho_id, 'complete', complete, 'status', status, 'attempts', attempts,
           'receivedAt', received_at, 'dueAt', CASE WHEN status = 'pending' THEN due_at END, 'processedAt', processed_at,
           'seconds', round(extract(epoch FROM processed_at - received_at), 3), 'error', error) ORDER BY id DESC) FILTER (WHERE place <= :#${variable.request[limit]}), '[]'),
           'next', CASE WHEN count(*) > :#${variable.request[limit]} THEN min(id) FILTER (WHERE place <= :#${variable.request[limit]}) ELSE (SELECT id FROM ended) END,
           'lookedBackTo', (SELECT w.received_at FROM webhook_events w WHERE w.id = (SELECT id FROM ended))) AS text) AS events
  FROM listed
