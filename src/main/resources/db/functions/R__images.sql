-- The pictures of items.

-- The functions with the owner's rights in this file find tables in this schema before those of a session (pg_temp), where a caller could put a table
-- with a trigger in the place of one of these.
SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

-- The key of the picture that a product should have; null: the item has no picture, or is deleted. PostgreSQL inlines this function into its
-- callers; a function that is not inlined costs 2 µs for each row.
CREATE OR REPLACE FUNCTION wanted_image(p_image_name text, p_source jsonb, p_deleted_at timestamptz) RETURNS text
    LANGUAGE sql IMMUTABLE AS
$$
    SELECT CASE WHEN p_deleted_at IS NULL
                THEN NULLIF(coalesce(p_source ->> 'image_document_id', '') || '/' || coalesce(p_image_name, ''), '/') END
$$;

-- The pattern has no counted repetition ({1,64}), because that builds an automaton of 64 states for each statement.
CREATE OR REPLACE FUNCTION is_plain_id(p_id text) RETURNS boolean
    LANGUAGE sql IMMUTABLE AS
$$
    SELECT length(p_id) <= 64 AND p_id ~ '^[0-9A-Za-z_-]+$'
$$;

-- Keeps item_images in step with products, in the same transaction, whoever writes products.
-- SECURITY DEFINER: a role that may correct a row by hand needs no right to write item_images.
-- EXCEPT instead of a join: with a filter on each side of the join the planner expected a row or two, and read all old rows, with their
-- source, once for each new one. For 20,000 webhooks PostgreSQL spent half of its time here.
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
    -- item_images is not joined: in a first run, a plan that was made for the empty table would read the whole table for each page
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

REVOKE EXECUTE ON FUNCTION images_follow_products() FROM PUBLIC;
CREATE OR REPLACE TRIGGER images_follow_new_products AFTER INSERT ON products REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION images_follow_products();
CREATE OR REPLACE TRIGGER images_follow_products AFTER UPDATE ON products REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION images_follow_products();

-- Stores the picture that Zoho sent for a key. A content that exists already is not stored twice. The lock keeps drop_unused_images from
-- deleting this content meanwhile.
CREATE OR REPLACE FUNCTION store_image(p_org text, p_item text, p_key text, p_digest text, p_content bytea, p_media_type text,
                                       p_width integer, p_height integer, p_thumbnail bytea, p_thumbnail_type text) RETURNS void
    LANGUAGE plpgsql AS
$$
BEGIN
    PERFORM lock_work('images');
    INSERT INTO images (digest, content, media_type, bytes, width, height, thumbnail, thumbnail_type)
    VALUES (p_digest, p_content, p_media_type, octet_length(p_content), p_width, p_height, p_thumbnail, p_thumbnail_type)
        ON CONFLICT (digest) DO NOTHING;
    UPDATE item_images
       SET image_key = p_key, digest = p_digest, error = NULL, attempts = 0, next_at = '-infinity', fetched_at = clock_timestamp()
     WHERE org_id = p_org AND zoho_item_id = p_item;
    DELETE FROM image_pauses WHERE org_id = p_org;
END
$$;

CREATE OR REPLACE FUNCTION drop_unused_images() RETURNS void
    LANGUAGE plpgsql AS
$$
BEGIN
    PERFORM lock_work('images');
    DELETE FROM images m WHERE NOT EXISTS (SELECT 1 FROM item_images i WHERE i.digest = m.digest);
END
$$;
