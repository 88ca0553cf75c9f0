-- Takes the choice once across all replicas, and only for one of the listed organisations.
WITH taken AS (
    DELETE FROM oauth_states
     WHERE digest = sha256(convert_to(coalesce(CAST(:#${header.choice} AS text), ''), 'UTF8')) AND refresh_token IS NOT NULL
       AND expires_at > clock_timestamp() AND CAST(:#${header.orgId} AS text) = ANY (listed)
    RETURNING *)
SELECT encode(t.digest, 'hex') AS digest, t.org_id, t.connection_id, c.region AS region_before, t.region, t.accounts_url,
       t.refresh_token, t.scopes, array_to_string(t.listed, ',') AS listed
  FROM taken t JOIN connections c ON c.id = t.connection_id AND c.client_id = t.client_id
