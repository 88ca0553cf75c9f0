-- Work that only one transaction may do at a time.

-- Waits for the lock of this name, and holds it until the end of the transaction. The next statement reads what the holder before
-- committed, but now() is older: read the clock by clock_timestamp(), after the lock. Names are few (a kind, an organisation), so
-- their rows stay.
-- No transaction waits for a lock for ever: one that set no lock_timeout of its own waits at most thirty seconds for this lock, and
-- for each later one.
CREATE OR REPLACE FUNCTION lock_work(p_name text) RETURNS void
    LANGUAGE plpgsql AS
$$
BEGIN
    IF current_setting('lock_timeout') = '0' THEN
        PERFORM set_config('lock_timeout', '30s', true);
    END IF;
    PERFORM FROM work_locks WHERE name = p_name FOR UPDATE;
    IF NOT FOUND THEN   -- of two that insert the row, ON CONFLICT lets the second wait for the first
        INSERT INTO work_locks (name) VALUES (p_name) ON CONFLICT DO NOTHING;
        PERFORM FROM work_locks WHERE name = p_name FOR UPDATE;
    END IF;
END
$$;

REVOKE EXECUTE ON FUNCTION lock_work(text) FROM PUBLIC;
