-- Reads one change more than the page has. If it exists, there is a next page, which begins before the last change of this page.
SELECT CAST(json_build_object('org', CAST(:#${variable.org} AS text), 'entity', CAST(:#${variable.entity} AS text), 'zohoId', CAST(:#${variable.zohoId} AS text),
           'changes', coalesce(json_agg(change ORDER BY id DESC) FILTER (WHERE place <= :#${variable.request[limit]}), '[]'),
           'next', CASE WHEN count(*) > :#${variable.request[limit]} THEN min(id) FILTER (WHERE place <= :#${variable.request[limit]}) END) AS text) AS changes
  FROM (SELECT h.*, row_number() OVER (ORDER BY h.id DESC) AS place
          FROM changes_of_record(:#${variable.org}, :#${variable.entity}, :#${variable.zohoId}, :#${variable.request[before]}, CAST(:#${variable.request[limit]} + 1 AS integer)) h) page
