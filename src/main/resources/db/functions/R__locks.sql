-- Locks for work that only one transaction may do at a time.

-- Waits for the lock with this name, and holds it until the end of the transaction. The caller's next statement sees everything that the
-- former holder committed. But now() is the start of the transaction: after the lock, read the clock by clock_timestamp(). There are few
-- names (of kinds, of organisations), so their rows stay.
-- No transaction waits for ever: if it has not set lock_timeout, it waits at most 30 seconds for this lock, and for each later one.
CREATE OR REPLACE FUNCTION lock_work(p_name text) RETURNS void
    LANGUAGE plpgsql AS
$$
BEGIN
    IF current_setting('lock_timeout') = '0' THEN
        PERFORM set_config('lock_timeout', '30s', true);
    END IF;
    PERFORM FROM work_locks WHERE name = p_name FOR UPDATE;
    IF NOT FOUND THEN   -- if two transactions insert the row, ON CONFLICT makes the second wait for the first
        INSERT INTO work_locks (name) VALUES (p_name) ON CONFLICT DO NOTHING;
        PERFORM FROM work_locks WHERE name = p_name FOR UPDATE;
    END IF;
END
$$;

REVOKE EXECUTE ON FUNCTION lock_work(text) FROM PUBLIC;
