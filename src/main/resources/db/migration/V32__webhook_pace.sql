-- What the profile of 20,000 webhooks showed: PostgreSQL spent half of its time here. With a filter on each side of the join it
-- expected a row or two, and looked through all the old rows, and their source, once for each new one.
CREATE OR REPLACE FUNCTION images_follow_products() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS
$$
DECLARE
    v_orgs  text[];
    v_items text[];
    v_keys  text[];
BEGIN
    IF TG_OP = 'INSERT' THEN
        SELECT array_agg(n.org_id), array_agg(n.zoho_item_id), array_agg(n.key) INTO v_orgs, v_items, v_keys
          FROM (SELECT org_id, zoho_item_id, wanted_image(image_name, source, deleted_at) AS key FROM new_rows) n
         WHERE n.key IS NOT NULL;
    ELSE
        SELECT array_agg(n.org_id), array_agg(n.zoho_item_id), array_agg(n.key) INTO v_orgs, v_items, v_keys
          FROM (SELECT id, org_id, zoho_item_id, wanted_image(image_name, source, deleted_at) AS key FROM new_rows
                EXCEPT
                SELECT id, org_id, zoho_item_id, wanted_image(image_name, source, deleted_at) FROM old_rows) n;
    END IF;
    IF v_orgs IS NULL THEN
        RETURN NULL;
    END IF;
    -- no statement joins item_images: on a first run a plan made for the empty table would read all of it for each page
    INSERT INTO item_images AS i (org_id, zoho_item_id, wanted_key)
    SELECT n.org_id, n.zoho_item_id, n.key
      FROM unnest(v_orgs, v_items, v_keys) AS n(org_id, zoho_item_id, key)
     WHERE n.key IS NOT NULL AND is_plain_id(n.zoho_item_id)
     ORDER BY n.org_id, n.zoho_item_id
        ON CONFLICT (org_id, zoho_item_id) DO UPDATE
       SET wanted_key = EXCLUDED.wanted_key, attempts = 0, next_at = '-infinity'
     WHERE TG_OP = 'UPDATE';
    FOR i IN 1 .. cardinality(v_keys) LOOP
        IF v_keys[i] IS NULL THEN
            DELETE FROM item_images WHERE org_id = v_orgs[i] AND zoho_item_id = v_items[i];
        END IF;
    END LOOP;
    RETURN NULL;
END
$$;

-- As before. But in the order in which they are due, and each looked up by its record until there are enough: while statistics say
-- that hardly any is pending, which they do before a storm, a join of all that are pending seems to be the shorter way.
CREATE OR REPLACE FUNCTION claim_webhooks(p_complete boolean, p_kinds text[], p_most integer, p_lease interval, p_org text DEFAULT NULL)
    RETURNS SETOF webhook_events
    LANGUAGE plpgsql
    SET enable_seqscan = off SET enable_bitmapscan = off AS -- a plan made while the table was small would read all of it for each claim
$$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('webhook claims', 0));
    RETURN QUERY
        WITH due AS (
            SELECT e.org_id, e.event_id, e.due_at, e.id, octet_length(e.payload) AS bytes FROM webhook_events e
             WHERE e.status = 'pending' AND e.complete = p_complete AND e.due_at <= clock_timestamp()
               AND coalesce(e.claimed_until <= clock_timestamp(), true) AND e.entity = ANY (p_kinds)
               AND (p_org IS NULL OR e.org_id = p_org AND NOT e.alone)
               AND NOT EXISTS (SELECT FROM webhook_events o
                                WHERE o.org_id = e.org_id AND o.entity = e.entity AND o.zoho_id = e.zoho_id AND o.status = 'pending'
                                  AND (o.claimed_until > clock_timestamp()
                                       OR o.id < e.id AND (NOT e.complete OR o.due_at <= clock_timestamp()))
                               OFFSET 0) -- or it would be a join
             ORDER BY e.due_at, e.id
             LIMIT p_most
               FOR UPDATE SKIP LOCKED),
        few AS (
            SELECT d.org_id, d.event_id, sum(d.bytes) OVER (ORDER BY d.due_at, d.id) - d.bytes AS bytes_before FROM due d)
        UPDATE webhook_events w
           SET claimed_until = clock_timestamp() + p_lease, attempts = w.attempts + 1
          FROM few f
         WHERE f.bytes_before < 2000000 AND w.org_id = f.org_id AND w.event_id = f.event_id
        RETURNING w.*;
END
$$;

-- Whether a record has another event that a claim may take at once.
CREATE FUNCTION has_another_due(p_event webhook_events) RETURNS boolean
    LANGUAGE plpgsql STABLE
    SET enable_seqscan = off SET enable_bitmapscan = off AS
$$
BEGIN
    RETURN EXISTS (SELECT FROM webhook_events o
                    WHERE o.org_id = p_event.org_id AND o.entity = p_event.entity AND o.zoho_id = p_event.zoho_id AND o.status = 'pending'
                      AND o.complete = p_event.complete AND o.due_at <= clock_timestamp() AND o.event_id <> p_event.event_id);
END
$$;
