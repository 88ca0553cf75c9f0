-- The client that waits for its consent, else the one that has it: agreed anew.
SELECT c.id AS connection_id, c.region, c.accounts_url, c.client_id
  FROM organisations o JOIN connections c ON c.id = coalesce(o.awaiting_id, o.connection_id)
 WHERE o.org_id = :#${variable.org}
