-- Reads one attempt more than the page has. If it exists, there is a next page, which begins before the last attempt of this page.
SELECT CAST(json_build_object('recordKey', CAST(:#${variable.key} AS text),
           'log', coalesce(json_agg(attempt ORDER BY id DESC) FILTER (WHERE place <= :#${variable.request[limit]}), '[]'),
           'next', CASE WHEN count(*) > :#${variable.request[limit]} THEN min(id) FILTER (WHERE place <= :#${variable.request[limit]}) END) AS text) AS log
  FROM (SELECT h.*, row_number() OVER (ORDER BY h.id DESC) AS place
          FROM push_history(:#${variable.org}, :#${variable.target.name}, :#${variable.key}, :#${variable.request[before]}, CAST(:#${variable.request[limit]} + 1 AS integer)) h) page
