-- Turns are taken by lock_work, and not by advisory locks. Otherwise these functions are as before, but for what stands at each.
-- R__zoho_take_slot.sql c0749d37eef41280

CREATE OR REPLACE FUNCTION restore_deleted(p_run_id bigint, p_org text, p_entity text, p_table text, p_key text) RETURNS bigint
    LANGUAGE plpgsql AS
$$
DECLARE
    v_now   timestamptz;
    v_count bigint;
BEGIN
    -- in turn with the sinks of the kind, as in sink-turn.sql
    PERFORM lock_work('sink ' || p_entity || ' ' || p_org);
    PERFORM set_config('saddlebag.source', 'api', true);
    v_now := clock_timestamp();
    EXECUTE format($restore$
        WITH ours AS (
            UPDATE %2$I t SET deleted_at = NULL, updated_at = $3
              FROM sync_deletes d
             WHERE (d.run_id = $1 OR d.decided_run = $1) AND d.state = 'gone'
               AND t.org_id = $2 AND t.%1$I = d.zoho_id AND t.deleted_at = d.requested_at
            RETURNING d.run_id, d.zoho_id
        )
        UPDATE sync_deletes d SET state = 'restored', decided_at = $3
          FROM ours o WHERE d.run_id = o.run_id AND d.zoho_id = o.zoho_id
        $restore$, p_key, p_table) USING p_run_id, p_org, v_now;
    GET DIAGNOSTICS v_count = ROW_COUNT;
    RETURN v_count;
END
$$;

-- CREATE TABLE ... PARTITION OF locks the whole of records against its readers, and so waits for each reader's transaction while
-- all others wait behind it. ATTACH PARTITION does neither. A partition that is there costs no lock.
CREATE OR REPLACE FUNCTION records_of(p_entity text) RETURNS text
    LANGUAGE plpgsql AS
$$
DECLARE
    v_table CONSTANT text := 'records_' || CASE WHEN p_entity ~ '^[a-z0-9-]{1,50}$' THEN replace(p_entity, '-', '_')
                                                ELSE md5(p_entity) END;
BEGIN
    IF NOT is_partition_of_records(v_table) THEN
        PERFORM lock_work('records_of');    -- two replicas may come to it together
        IF NOT is_partition_of_records(v_table) THEN
            EXECUTE format('CREATE TABLE %I (LIKE records INCLUDING ALL)', v_table);
            EXECUTE format('ALTER TABLE records ATTACH PARTITION %I FOR VALUES IN (%L)', v_table, p_entity);
            PERFORM track_changes(CAST(v_table AS regclass), p_entity, 'zoho_id');
        END IF;
    END IF;
    RETURN v_table;
END
$$;

CREATE FUNCTION is_partition_of_records(p_table text) RETURNS boolean
    LANGUAGE sql STABLE AS
$$
    SELECT EXISTS (SELECT FROM pg_inherits WHERE inhparent = CAST('records' AS regclass) AND inhrelid = to_regclass(p_table))
$$;

CREATE OR REPLACE FUNCTION take_detail(p_org text, p_entity text, p_table text, p_key_column text, p_again interval) RETURNS text
    LANGUAGE plpgsql AS
$$
DECLARE
    v_id      text;
    v_updated timestamptz;
BEGIN
    PERFORM lock_work('details ' || p_entity || ' ' || p_org);
    IF EXISTS (SELECT 1 FROM detail_progress d WHERE d.org_id = p_org AND d.entity = p_entity AND d.next_at > clock_timestamp()) THEN
        RETURN NULL;
    END IF;
    EXECUTE format('SELECT t.%1$I, t.updated_at FROM %2$I t
                      LEFT JOIN detail_attempts a ON a.org_id = t.org_id AND a.entity = $2 AND a.zoho_id = t.%1$I
                                                 AND a.row_updated_at = t.updated_at
                     WHERE t.org_id = $1 AND NOT t.detailed AND t.deleted_at IS NULL AND t.%1$I IS NOT NULL
                       AND (a.next_at IS NULL OR a.next_at <= clock_timestamp())
                     ORDER BY t.zoho_modified_at DESC NULLS LAST, length(t.%1$I) DESC, t.%1$I DESC LIMIT 1', p_key_column, p_table)
       INTO v_id, v_updated USING p_org, p_entity;
    IF v_id IS NOT NULL THEN
        INSERT INTO detail_attempts AS a (org_id, entity, zoho_id, row_updated_at, next_at)
        VALUES (p_org, p_entity, v_id, v_updated, clock_timestamp() + p_again)
            ON CONFLICT (org_id, entity, zoho_id) DO UPDATE
           SET attempts = CASE WHEN a.row_updated_at = v_updated THEN a.attempts + 1 ELSE 1 END, row_updated_at = v_updated,
               next_at = clock_timestamp()
                         + pause_after(CASE WHEN a.row_updated_at = v_updated THEN a.attempts + 1 ELSE 1 END, p_again);
    END IF;
    RETURN v_id;
END
$$;

CREATE OR REPLACE FUNCTION queue_items(p_org text, p_items text[]) RETURNS void
    LANGUAGE plpgsql AS
$$
BEGIN
    IF EXISTS (SELECT 1 FROM unnest(p_items) i WHERE i ~ '^[0-9A-Za-z_-]{1,64}$') THEN
        PERFORM lock_work('stock_queue ' || p_org);
        INSERT INTO stock_queue (org_id, zoho_item_id)
        SELECT DISTINCT p_org, i FROM unnest(p_items) i WHERE i ~ '^[0-9A-Za-z_-]{1,64}$' ORDER BY i
            ON CONFLICT (org_id, zoho_item_id) DO UPDATE SET queued_at = clock_timestamp();
    END IF;
END
$$;

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

-- As its owner: who may correct a product by hand need not be able to write the locks.
CREATE OR REPLACE FUNCTION prices_follow_products() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT
    SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
    SET enable_material = off AS
$$
DECLARE
    v_changed    bigint[];
    v_orgs       text[];
    v_percentage bigint[];
BEGIN
    IF TG_OP = 'INSERT' THEN
        SELECT array_agg(n.id), array_agg(DISTINCT n.org_id ORDER BY n.org_id) INTO v_changed, v_orgs FROM new_rows n;
    ELSE
        SELECT array_agg(n.id), array_agg(DISTINCT n.org_id ORDER BY n.org_id) INTO v_changed, v_orgs
          FROM (SELECT id, org_id, price, purchase_price, is_active, deleted_at IS NULL FROM new_rows
                EXCEPT
                SELECT id, org_id, price, purchase_price, is_active, deleted_at IS NULL FROM old_rows) n;
    END IF;
    IF v_changed IS NULL THEN
        RETURN NULL;
    END IF;
    -- before any row of product_prices: the sink of price lists writes the same rows
    PERFORM lock_work('prices ' || o) FROM unnest(v_orgs) o;
    IF TG_OP = 'INSERT' THEN    -- what Zoho priced before its item was here
        UPDATE product_prices t SET product_id = p.id
          FROM products p
         WHERE p.id = ANY (v_changed) AND t.org_id = p.org_id AND t.zoho_item_id = p.zoho_item_id AND t.product_id IS NULL;
    END IF;
    PERFORM give_default_prices(v_changed);
    SELECT array_agg(l.id) INTO v_percentage FROM price_lists l
     WHERE l.pricebook_type = 'fixed_percentage' AND l.deleted_at IS NULL AND l.org_id = ANY (v_orgs);
    IF v_percentage IS NOT NULL THEN
        PERFORM give_percentage_prices(v_changed, v_percentage);
    END IF;
    RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION prices_follow_list() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS
$$
DECLARE
    v_products bigint[];
BEGIN
    IF NEW.zoho_pricebook_id IS NULL THEN
        RETURN NULL;
    END IF;
    PERFORM lock_work('prices ' || NEW.org_id);
    IF NEW.deleted_at IS NULL AND NEW.name = (SELECT default_list FROM price_settings) THEN
        PERFORM take_default_list(NEW);
    END IF;
    SELECT coalesce(array_agg(p.id), '{}') INTO v_products FROM products p WHERE p.org_id = NEW.org_id;
    IF NEW.deleted_at IS NOT NULL THEN
        UPDATE product_prices SET deleted_at = clock_timestamp(), updated_at = clock_timestamp()
         WHERE list_id = NEW.id AND origin = 'zoho' AND deleted_at IS NULL;
    ELSIF NEW.pricebook_type = 'fixed_percentage' THEN
        PERFORM give_percentage_prices(v_products, ARRAY[NEW.id]);
    ELSIF NEW.source ? 'pricebook_items' THEN
        PERFORM give_item_prices(NEW);
    END IF;
    IF (SELECT l.is_default FROM price_lists l WHERE l.id = NEW.id) THEN
        PERFORM give_default_prices(v_products);
    END IF;
    RETURN NULL;
END
$$;

-- Of lines and their parents likewise.
ALTER FUNCTION lines_move_stock() SECURITY DEFINER SET search_path FROM CURRENT;
ALTER FUNCTION parents_move_stock() SECURITY DEFINER SET search_path FROM CURRENT;

-- Whoever may execute a trigger's function can hang it on a temporary table of their own, and write and lock with its owner's
-- rights.
REVOKE EXECUTE ON FUNCTION note_changes(), images_follow_products(), prices_follow_products(), prices_follow_list(),
    lines_move_stock(), parents_move_stock() FROM PUBLIC;
