-- One page of the records of a run, in the order of their keys: those in the log of the run, and those that it took over from an earlier held run.
-- Reads one record more than the page has. If that record exists, there is a next page, which begins after the last record of this page.
WITH keys AS (
    SELECT record_key, row_number() OVER (ORDER BY record_key) AS place
      FROM ((SELECT DISTINCT record_key FROM push_log
              WHERE run_id = :#${variable.id} AND record_key > coalesce(CAST(:#${variable.request[after]} AS text), '')
              ORDER BY record_key LIMIT :#${variable.request[limit]} + 1)
            UNION
            (SELECT record_key FROM push_state
              WHERE org_id = :#${variable.org} AND target = :#${variable.entity} AND run_id = :#${variable.id} AND status = 'held'
                AND record_key > coalesce(CAST(:#${variable.request[after]} AS text), '')
              ORDER BY record_key LIMIT :#${variable.request[limit]} + 1)) found
     ORDER BY record_key LIMIT :#${variable.request[limit]} + 1
)
SELECT CAST(json_build_object('records', coalesce(json_agg(json_build_object(
           'recordKey', k.record_key, 'zohoId', s.zoho_id, 'status', s.status, 'action', coalesce(l.action, 'hold'), 'outcome', coalesce(l.outcome, s.status),
           'at', coalesce(l.at, s.updated_at), 'changes', coalesce(l.changes, CASE WHEN s.status = 'held' AND s.run_id = :#${variable.id} THEN push_changes(s.sent, s.trying) END),
           'errorText', coalesce(l.error_text, CASE WHEN s.status = 'held' AND s.run_id = :#${variable.id} THEN s.error_text END)) ORDER BY k.place) FILTER (WHERE k.place <= :#${variable.request[limit]}), '[]'),
           'next', CASE WHEN count(*) > :#${variable.request[limit]} THEN max(k.record_key) FILTER (WHERE k.place = :#${variable.request[limit]}) END) AS text) AS records
  FROM keys k
  LEFT JOIN push_state s ON s.org_id = :#${variable.org} AND s.target = :#${variable.entity} AND s.record_key = k.record_key
  LEFT JOIN LATERAL (SELECT * FROM push_log g
                      WHERE g.run_id = :#${variable.id} AND g.record_key = k.record_key
                      ORDER BY g.changes IS NOT NULL DESC, g.id DESC LIMIT 1) l ON true
