-- The next one to use the connection asks for a token, although the one there lives or a person has been asked for.
WITH due AS (
    UPDATE connections SET needs_person = NULL, refresh_at = least(refresh_at, clock_timestamp())
     WHERE id = (SELECT connection_id FROM organisations WHERE org_id = :#${variable.org})
    RETURNING id, region, token_version)
SELECT o.is_default AS settings, d.region, d.token_version
  FROM organisations o LEFT JOIN due d ON d.id = o.connection_id
 WHERE o.org_id = :#${variable.org}
