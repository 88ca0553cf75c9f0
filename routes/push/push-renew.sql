-- Renews the lease of the claim. held: the claim still has all records of the part.
WITH renewed AS (
    UPDATE push_state SET claimed_until = clock_timestamp() + CAST(:#${properties:saddlebag.push.lease} AS interval)
     WHERE org_id = :#${variable.org} AND target = :#${variable.target.name} AND claim = CAST(:#${variable.claim[claim]} AS bigint) AND claimed_until IS NOT NULL
       AND record_key = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST(:#${variable.keys} AS jsonb))))
    RETURNING 1
)
SELECT (SELECT count(*) FROM renewed) = jsonb_array_length(CAST(:#${variable.keys} AS jsonb)) AS held
