-- Steps from group to group by the index of reasons, so that 100,000 letters with one reason need not be read to find their group. A count ends at 1,000.
-- A page has 200 groups, in the order of source, kind and reason; within a page the largest group comes first.
-- reason >= and <= instead of =, with reason in the order: otherwise PostgreSQL may walk through all letters by their id.
WITH RECURSIVE groups AS (
    (SELECT source, entity, reason FROM dead_letters
      WHERE org_id = :#${variable.org} AND closed_at IS NULL
        AND (source, entity, reason) > (coalesce(CAST(:#${variable.request[afterSource]} AS text), ''), coalesce(CAST(:#${variable.request[afterEntity]} AS text), ''),
                                        coalesce(CAST(:#${variable.request[afterReason]} AS text), ''))
      ORDER BY source, entity, reason LIMIT 1)
    UNION ALL
    SELECT n.source, n.entity, n.reason
      FROM groups g
     CROSS JOIN LATERAL (SELECT d.source, d.entity, d.reason FROM dead_letters d
                          WHERE d.org_id = :#${variable.org} AND d.closed_at IS NULL AND (d.source, d.entity, d.reason) > (g.source, g.entity, g.reason)
                          ORDER BY d.source, d.entity, d.reason LIMIT 1) n
),
listed AS (
    SELECT * FROM groups
     WHERE (CAST(:#${variable.request[entity]} AS text) IS NULL OR entity = :#${variable.request[entity]})
       AND (CAST(:#${variable.request[source]} AS text) IS NULL OR source = :#${variable.request[source]})
     LIMIT 201
),
counted AS (
    SELECT l.source, l.entity, l.reason, c.n, c.last, o.created_at AS first, s.id, s.zoho_id, s.error, row_number() OVER () AS place
      FROM listed l
     CROSS JOIN LATERAL (SELECT count(*) AS n, max(d.failed_at) AS last
                           FROM (SELECT failed_at FROM dead_letters WHERE org_id = :#${variable.org} AND closed_at IS NULL AND source = l.source AND entity = l.entity
                                    AND reason >= l.reason AND reason <= l.reason ORDER BY reason DESC, id DESC LIMIT 1001) d) c
     CROSS JOIN LATERAL (SELECT created_at FROM dead_letters WHERE org_id = :#${variable.org} AND closed_at IS NULL AND source = l.source AND entity = l.entity
                            AND reason >= l.reason AND reason <= l.reason ORDER BY reason, id LIMIT 1) o
     CROSS JOIN LATERAL (SELECT id, zoho_id, error FROM dead_letters WHERE org_id = :#${variable.org} AND closed_at IS NULL AND source = l.source AND entity = l.entity
                            AND reason >= l.reason AND reason <= l.reason ORDER BY reason DESC, id DESC LIMIT 1) s
)
SELECT CAST(json_build_object('groups', coalesce(json_agg(json_build_object(
           'source', source, 'entity', entity, 'reason', reason, 'count', least(n, 1000), 'more', n > 1000, 'first', first, 'last', last,
           'sample', json_build_object('id', id, 'zohoId', zoho_id, 'error', error)) ORDER BY n DESC, last DESC) FILTER (WHERE place <= 200), '[]'),
           'next', CASE WHEN count(*) > 200 THEN max(source || ' ' || entity || ' ' || reason) FILTER (WHERE place = 200) END) AS text) AS groups
  FROM counted
