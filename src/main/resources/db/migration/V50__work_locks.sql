-- Who does the same work takes turns by a row of this table, until the end of the transaction. PostgreSQL's advisory locks
-- are open to every role that may log in: a reader who guessed their keys could stop all calls and the inbox. A row lock
-- needs the right to write to the table.
CREATE TABLE work_locks (
    name text PRIMARY KEY
);

DO
$$
BEGIN
    IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'saddlebag_reader') THEN
        REVOKE ALL ON work_locks FROM saddlebag_reader;    -- where readers are given each new table by default
    END IF;
END
$$;

-- Waits for the turn of this name. What the next statement reads is newer than what was committed in the turn before, but
-- now() is older: a clock is read by clock_timestamp(), after the lock. Names are few (a kind, an organisation): their rows stay.
-- No transaction waits for a lock for ever: one that set no lock_timeout of its own waits for this one and all its later locks
-- thirty seconds each.
CREATE FUNCTION lock_work(p_name text) RETURNS void
    LANGUAGE plpgsql AS
$$
BEGIN
    IF current_setting('lock_timeout') = '0' THEN
        PERFORM set_config('lock_timeout', '30s', true);
    END IF;
    PERFORM FROM work_locks WHERE name = p_name FOR UPDATE;
    IF NOT FOUND THEN   -- by ON CONFLICT a second first one waits for the first
        INSERT INTO work_locks (name) VALUES (p_name) ON CONFLICT DO NOTHING;
        PERFORM FROM work_locks WHERE name = p_name FOR UPDATE;
    END IF;
END
$$;
REVOKE EXECUTE ON FUNCTION lock_work(text) FROM PUBLIC;
