-- Gives the role saddlebag_writer its rights, at each start. The role may insert rows into products, and change the columns below, but not the keys and the
-- columns that Saddlebag fills. It may delete nothing. Of pushes it may read the same as readers. Rights on an installation's own tables are granted by the
-- installation's migrations.
DO
$$
DECLARE
    c_columns CONSTANT text := 'name, sku, description, price, purchase_price, stock_quantity, is_active, unit, brand, category, item_type';
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'saddlebag_writer') THEN
        IF NOT (SELECT rolcreaterole OR rolsuper FROM pg_roles WHERE rolname = current_user) THEN
            RAISE NOTICE 'The role saddlebag_writer is missing, and this user may not create it. Where it is wanted: CREATE ROLE saddlebag_writer NOLOGIN; the next start grants its rights';
            RETURN;
        END IF;
        BEGIN
            CREATE ROLE saddlebag_writer NOLOGIN;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL;   -- another database of the server has just created it
        END;
    END IF;

    PERFORM lock_work('readers');   -- if two replicas grant at the same time, PostgreSQL fails with "tuple concurrently updated"
    IF NOT has_column_privilege('saddlebag_writer', 'products', 'item_type', 'UPDATE') OR NOT has_table_privilege('saddlebag_writer', 'push_summary', 'SELECT') THEN
        EXECUTE format('GRANT SELECT, INSERT (org_id, %1$s), UPDATE (%1$s) ON products TO saddlebag_writer', c_columns);
        GRANT SELECT ON push_status, push_summary TO saddlebag_writer;
    END IF;
END
$$;
