-- Gives the role saddlebag_reader its rights, at each start. The role may read the tables of Zoho data with their history, and the status of each pushed record
-- without its body, because a body may hold personal data. It may read nothing else. Migrations of an installation need not name the role, and a restored
-- database gives the rights again on a server that did not have the role.
DO
$$
DECLARE
    v_may_create boolean := (SELECT rolcreaterole OR rolsuper FROM pg_roles WHERE rolname = current_user);
    v_tables     text;
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'saddlebag_reader') THEN
        IF NOT v_may_create THEN
            RAISE NOTICE 'The role saddlebag_reader is missing, and this user may not create it. Where it is wanted: CREATE ROLE saddlebag_reader NOLOGIN; the next start grants its rights';
            RETURN;
        END IF;
        BEGIN
            CREATE ROLE saddlebag_reader NOLOGIN;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL;   -- another database of the server has just created it
        END;
    END IF;

    PERFORM lock_work('readers');   -- if two replicas grant at the same time, PostgreSQL fails with "tuple concurrently updated"
    -- A table of Zoho data has org_id and source. Partitions are read through their parent.
    SELECT string_agg(format('%I', c.relname), ', ' ORDER BY c.relname) INTO v_tables
      FROM pg_class c
     WHERE c.relnamespace = CAST(current_schema() AS regnamespace) AND NOT c.relispartition
       AND NOT has_table_privilege('saddlebag_reader', c.oid, 'SELECT')
       AND (c.relkind IN ('r', 'p') AND 2 = (SELECT count(*) FROM pg_attribute a WHERE a.attrelid = c.oid AND NOT a.attisdropped
                                                AND (a.attname, format_type(a.atttypid, NULL)) IN (('org_id', 'text'), ('source', 'jsonb')))
            OR c.relname IN ('record_changes', 'record_history', 'data_quality', 'data_quality_now', 'product_stock',
                             'product_price_brackets', 'images', 'item_images', 'push_status', 'push_summary'));
    IF v_tables IS NOT NULL THEN
        EXECUTE format('GRANT SELECT ON %s TO saddlebag_reader', v_tables);
    END IF;
    IF has_table_privilege('saddlebag_reader', 'work_locks', 'SELECT') THEN
        REVOKE ALL ON work_locks FROM saddlebag_reader;     -- for databases that grant each new table to readers by default
    END IF;
END
$$;
