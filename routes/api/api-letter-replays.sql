-- The newest replays first. letter_replay counts their letters by indexes made for that. Reads one replay more than the page has. If that replay exists, there is a
-- next page, which begins before the last replay of this page.
SELECT CAST(json_build_object('replays', coalesce(json_agg(letter_replay(replay) ORDER BY id DESC) FILTER (WHERE place <= :#${variable.request[limit]}), '[]'),
           'next', CASE WHEN count(*) > :#${variable.request[limit]} THEN min(id) FILTER (WHERE place <= :#${variable.request[limit]}) END) AS text) AS replays
  FROM (SELECT r AS replay, r.id, row_number() OVER (ORDER BY r.id DESC) AS place
          FROM letter_replays r
         WHERE r.org_id = :#${variable.org} AND r.id < :#${variable.request[before]}
         ORDER BY r.id DESC LIMIT :#${variable.request[limit]} + 1) newest
