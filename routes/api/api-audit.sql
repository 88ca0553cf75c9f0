-- Reads one row more than the page has. If that row exists, there is a next page, which begins before the last row of this page.
SELECT CAST(json_build_object('audit', coalesce(json_agg(json_build_object(
           'id', id, 'at', at, 'who', who, 'role', role, 'address', address, 'action', action, 'org', org_id, 'object', object,
           'outcome', outcome, 'details', CASE WHEN :#${variable.request[masked]} THEN '{}' ELSE details END) ORDER BY id DESC) FILTER (WHERE place <= :#${variable.request[limit]}), '[]'),
           'next', CASE WHEN count(*) > :#${variable.request[limit]} THEN min(id) FILTER (WHERE place <= :#${variable.request[limit]}) END) AS text) AS audit
  FROM (SELECT *, row_number() OVER (ORDER BY id DESC) AS place
          FROM audit_page(CAST(:#${variable.request[from]} AS timestamptz), CAST(:#${variable.request[to]} AS timestamptz),
                          CAST(:#${variable.request[who]} AS text), CAST(:#${variable.request[action]} AS text), CAST(:#${variable.org} AS text),
                          CAST(:#${variable.request[object]} AS text), CAST(:#${variable.request[before]} AS bigint), :#${variable.request[limit]} + 1)) page
