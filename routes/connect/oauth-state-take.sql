-- Takes the state once across all replicas. A null region means that the client has changed since.
WITH taken AS (
    DELETE FROM oauth_states
     WHERE digest = sha256(convert_to(coalesce(CAST(:#${header.state} AS text), ''), 'UTF8')) AND refresh_token IS NULL
    RETURNING *)
SELECT t.org_id, t.redirect_uri, t.expires_at > clock_timestamp() AS in_time, t.connection_id,
       c.region, c.client_id, c.client_secret
  FROM taken t LEFT JOIN connections c ON c.id = t.connection_id AND c.client_id = t.client_id
