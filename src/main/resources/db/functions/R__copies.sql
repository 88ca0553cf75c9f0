-- A copy of the database must not write to Zoho beside the original. So the database keeps the server and the address that a person confirmed
-- last, and every process compares them with its own.

-- The system identifier of the server: its databases and its replicas all have the same one; each run of initdb makes another. If the role may
-- not read it, only the address can tell a copy.
CREATE OR REPLACE FUNCTION server_identity() RETURNS text
    LANGUAGE plpgsql STABLE AS
$$
BEGIN
    RETURN (SELECT CAST(system_identifier AS text) FROM pg_control_system());
EXCEPTION WHEN insufficient_privilege THEN
    RETURN 'hidden';
END
$$;

-- The reason why this process must not write to Zoho; null: it may. p_process has the members push (SADDLEBAG_PUSH, on or off) and address (where
-- this process reaches the database).
CREATE OR REPLACE FUNCTION push_guarded_because(p_process jsonb) RETURNS text
    LANGUAGE sql STABLE AS
$$
    SELECT CASE WHEN p_process ->> 'push' = 'off' THEN 'SADDLEBAG_PUSH is off: this process writes nothing to Zoho. Set it to on, and start again'
                WHEN g.address IS NULL
                THEN 'Nobody has confirmed that this database may write to Zoho. Nothing is written until somebody does: POST /api/push/confirm'
                WHEN g.system_identifier <> server_identity() OR g.address <> p_process ->> 'address'
                THEN format('This database looks like a copy: it is %s on server %s, and was %s on server %s when %s confirmed it at %s. Nothing is written to Zoho, '
                            || 'because the original may do so too. If this one is to write from now on: POST /api/push/confirm',
                            coalesce(p_process ->> 'address', g.address), server_identity(), g.address, g.system_identifier, g.confirmed_by,
                            to_char(g.confirmed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')) END
      FROM (SELECT) one LEFT JOIN push_guard g ON true
$$;

-- Notes that the database at this server and address is the one that writes to Zoho.
CREATE OR REPLACE FUNCTION confirm_push(p_address text, p_by text)
    RETURNS TABLE (address text, system_identifier text, confirmed_by text, confirmed_at timestamptz)
    LANGUAGE sql AS
$$
    INSERT INTO push_guard AS g (address, system_identifier, confirmed_by) VALUES (p_address, server_identity(), p_by)
        ON CONFLICT (only_row) DO UPDATE
       SET address = EXCLUDED.address, system_identifier = EXCLUDED.system_identifier, confirmed_by = EXCLUDED.confirmed_by, confirmed_at = clock_timestamp()
    RETURNING g.address, g.system_identifier, g.confirmed_by, g.confirmed_at
$$;

-- Called at each start. A database that never wrote to Zoho cannot be a copy of one that does, so no person needs to confirm it.
CREATE OR REPLACE FUNCTION confirm_first_start(p_address text) RETURNS void
    LANGUAGE sql AS
$$
    INSERT INTO push_guard (address, system_identifier, confirmed_by)
    SELECT p_address, server_identity(), 'the first start'
     WHERE NOT EXISTS (SELECT FROM push_targets t WHERE t.state = 'on' OR t.released_at IS NOT NULL)
        ON CONFLICT (only_row) DO NOTHING
$$;
