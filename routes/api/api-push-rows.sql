-- One page of the records of a target, in the order of their keys. The request for the next page gives the value of next.
WITH page AS (
    SELECT s AS row, s.record_key, row_number() OVER (ORDER BY s.record_key) AS place
      FROM push_state s
     WHERE s.org_id = :#${variable.org} AND s.target = :#${variable.target.name}
       AND (CAST(:#${variable.request[status]} AS text) IS NULL OR s.status = :#${variable.request[status]})
       AND (CAST(:#${variable.request[next]} AS text) IS NULL OR s.record_key > :#${variable.request[next]})
     ORDER BY s.record_key LIMIT CAST(:#${variable.request[limit]} AS integer) + 1
)
SELECT CAST(json_build_object('rows', coalesce(json_agg(push_row_json(p.row) ORDER BY p.record_key) FILTER (WHERE p.place <= CAST(:#${variable.request[limit]} AS integer)), '[]'),
           'next', CASE WHEN count(*) > CAST(:#${variable.request[limit]} AS integer)
                        THEN max(p.record_key) FILTER (WHERE p.place = CAST(:#${variable.request[limit]} AS integer)) END) AS text) AS page
  FROM page p
