-- Adds to the summary of a plan which other organisations with the same connection have the target switched on.
UPDATE sync_runs r
   SET summary = r.summary || '; by the same connection, organisation ' || others.ids
                           || ' writes to this CRM too: a key that both use is one record there'
  FROM (SELECT string_agg(s.org_id, ', ' ORDER BY s.org_id) AS ids
          FROM organisations o
          JOIN organisations s ON s.connection_id = o.connection_id AND s.org_id <> o.org_id
          JOIN push_targets t ON t.org_id = s.org_id AND t.target = :#${variable.target.name} AND t.state = 'on'
         WHERE o.org_id = :#${variable.org}) others
 WHERE r.id = CAST(:#${variable.runId} AS bigint) AND others.ids IS NOT NULL
