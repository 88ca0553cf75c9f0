-- One page: for each kind as many records as limit says. Reads one record more of each kind. next names the last record of each kind that has more.
SELECT CAST(json_build_object('records', coalesce(json_agg(json_build_object('entity', entity, 'zohoId', zoho_id, 'label', label, 'columns', columns, 'foundIn', found_in,
               'deletedAt', deleted_at) ORDER BY place) FILTER (WHERE of_kind <= :#${variable.request[limit]}), '[]'),
           'next', string_agg(entity || ':' || zoho_id, ',' ORDER BY place) FILTER (WHERE of_kind = :#${variable.request[limit]} AND found > of_kind)) AS text) AS records
  FROM (SELECT s.*, row_number() OVER (PARTITION BY entity ORDER BY place) AS of_kind, count(*) OVER (PARTITION BY entity) AS found
          FROM search_records(CAST(:#${variable.request[kinds]} AS jsonb), :#${variable.org}, :#${variable.request[q]}, CAST(:#${variable.request[limit]} AS integer) + 1,
                              CAST(:#${variable.request[after]} AS jsonb)) WITH ORDINALITY AS s(entity, zoho_id, label, columns, found_in, deleted_at, place)) page
