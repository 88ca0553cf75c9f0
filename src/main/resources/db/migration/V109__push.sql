-- What is sent to Zoho: targets, what Zoho confirmed of each record, and every attempt.

CREATE TABLE push_targets (
    org_id      text NOT NULL,
    target      text NOT NULL,
    state       text NOT NULL DEFAULT 'off' CHECK (state IN ('off', 'planned', 'on')),
    mapping     text,
    planned_run bigint,
    released_by text,
    released_at timestamptz,
    checked_at  timestamptz,
    check_error text,
    never       bigint,
    oldest_due  timestamptz,
    counted_at  timestamptz,
    updated_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (org_id, target)
);
COMMENT ON TABLE push_targets IS 'Whether a push target of an organisation may write to Zoho.';
COMMENT ON COLUMN push_targets.state IS 'off: writes nothing; planned: a plan was made, and the target writes nothing yet; on: writes what changed';
COMMENT ON COLUMN push_targets.mapping IS 'digest of the declaration and the SQL file that the last plan was made with';
COMMENT ON COLUMN push_targets.planned_run IS 'the run that made the last plan; its report shows the plan';
COMMENT ON COLUMN push_targets.released_by IS 'who switched the target on or off last';
COMMENT ON COLUMN push_targets.check_error IS 'why Zoho cannot take this target at present; null: the last check found nothing, or there was none';
COMMENT ON COLUMN push_targets.never IS 'rows that were never sent, as the last run counted them';
COMMENT ON COLUMN push_targets.oldest_due IS 'since when the oldest row that is due has waited, as the last run counted';

CREATE TABLE push_state (
    org_id            text    NOT NULL,
    target            text    NOT NULL,
    record_key        text    NOT NULL,
    external_key      text,
    zoho_id           text,
    status            text    NOT NULL
                      CHECK (status IN ('ok', 'failed', 'refused', 'waiting', 'unknown', 'held', 'accepted', 'gone')),
    active            boolean,
    sent              jsonb,
    sent_at           timestamptz,
    sent_mapping      text,
    trying            jsonb,
    tried_at          timestamptz,
    attempt           jsonb,
    claim             bigint,
    claimed_until     timestamptz,
    run_id            bigint,
    call_id           bigint,
    attempts          integer NOT NULL DEFAULT 0,
    next_at           timestamptz,
    error_code        text,
    error_key         text,
    error_text        text,
    other_zoho_id     text,
    rate_limit_hits   integer NOT NULL DEFAULT 0,
    last_rate_limit_at timestamptz,
    zoho_modified_at  timestamptz,
    handle            text,
    checked_at        timestamptz,
    created_at        timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at        timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (org_id, target, record_key)
);
COMMENT ON TABLE push_state IS 'One row for each record of a push target: what Zoho confirmed, and what became of the last attempt.';
COMMENT ON COLUMN push_state.record_key IS 'the key of the record here; it never changes';
COMMENT ON COLUMN push_state.external_key IS 'the key under which Zoho knows the record, such as a SKU, as Zoho confirmed it';
COMMENT ON COLUMN push_state.zoho_id IS 'Zoho''s id; no failure empties it';
COMMENT ON COLUMN push_state.status IS
    'ok: Zoho confirmed the body; failed: Zoho refused it, or a passing failure (next_at is set); refused: the row has a hole, nothing was sent; '
    'waiting: what it needs is not there yet, or it was not sent yet; unknown: Zoho may or may not have carried it out; held: a person decides; '
    'accepted: taken, the result comes later; gone: no longer wanted';
COMMENT ON COLUMN push_state.active IS 'as Zoho confirmed it, where the status is a call of its own';
COMMENT ON COLUMN push_state.sent IS 'the last body that Zoho confirmed: what "changed" compares with, by value';
COMMENT ON COLUMN push_state.sent_mapping IS 'digest of the declaration and the SQL file that made it';
COMMENT ON COLUMN push_state.trying IS 'the body of the last attempt, committed before the call leaves; or the body that was refused or is held';
COMMENT ON COLUMN push_state.attempt IS
    'of the last attempt: op, active, externalKey, total, mapping, and before, the status to go back to when the call was surely not carried out';
COMMENT ON COLUMN push_state.claim IS 'number of the claim under which the last attempt was made; an outcome of an older claim changes nothing';
COMMENT ON COLUMN push_state.claimed_until IS 'until then one process has the row in hand; null: none has';
COMMENT ON COLUMN push_state.attempts IS 'attempts since the last success';
COMMENT ON COLUMN push_state.next_at IS 'of a passing failure: when it is tried again; null: not before the body, the mapping or a person changes it';
COMMENT ON COLUMN push_state.error_key IS 'the key of the body that Zoho complains of';
COMMENT ON COLUMN push_state.other_zoho_id IS 'the record in Zoho that already has this key; adopt ties the row to it';
COMMENT ON COLUMN push_state.handle IS 'of an accepted row: by which its result is asked for';
COMMENT ON COLUMN push_state.checked_at IS 'when Zoho was last asked for the record';
CREATE INDEX push_state_to_settle ON push_state (org_id, target, tried_at) WHERE status IN ('unknown', 'accepted');
CREATE INDEX push_state_due_again ON push_state (org_id, target, next_at) WHERE next_at IS NOT NULL;
CREATE INDEX push_state_of_a_run ON push_state (run_id);
CREATE INDEX push_state_by_zoho_id ON push_state (org_id, target, zoho_id) WHERE zoho_id IS NOT NULL;

CREATE SEQUENCE push_claims;

ALTER TABLE organisations ADD COLUMN push jsonb NOT NULL DEFAULT '{}';
COMMENT ON COLUMN organisations.push IS 'settings of push targets: {"uniqueField": "cf_own_reference"}';

CREATE TABLE push_log (
    id         bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    org_id     text        NOT NULL,
    target     text        NOT NULL,
    record_key text        NOT NULL,
    run_id     bigint,
    call_id    bigint,
    claim      bigint,
    at         timestamptz NOT NULL DEFAULT clock_timestamp(),
    action     text        NOT NULL,
    outcome    text,
    changes    jsonb,
    error_code text,
    error_text text
);
COMMENT ON TABLE push_log IS 'Every attempt to write a record to Zoho, and every decision about one; kept for saddlebag.push.keep-log.';
COMMENT ON COLUMN push_log.run_id IS 'null: a person pushed this record alone';
COMMENT ON COLUMN push_log.action IS 'create, update, activate, deactivate, delete, find, refuse, hold, release, adopt, forget, ...';
COMMENT ON COLUMN push_log.outcome IS 'ok, failed, refused, unknown, unsent, held, accepted, ...; null: the call is under way, or its process ended';
COMMENT ON COLUMN push_log.changes IS '{"Unit_Price": {"before": 899, "after": 999}}: before as Zoho last confirmed it';
CREATE INDEX push_log_of_a_record ON push_log (org_id, target, record_key, at);
CREATE INDEX push_log_of_a_run ON push_log (run_id, record_key);
CREATE INDEX push_log_by_age ON push_log (at);

-- A row of a target's SQL file. What the file does not name has the value of push-rows.sql.
CREATE TYPE push_row AS (
    record_key   text,
    external_key text,
    body         jsonb,
    zero         boolean,
    refused      text,
    needs        text,
    gone         boolean,
    active       boolean,
    total        numeric
);

ALTER TABLE sync_runs DROP CONSTRAINT sync_runs_mode_check;
ALTER TABLE sync_runs ADD CONSTRAINT sync_runs_mode_check CHECK (mode IN ('incremental', 'full', 'verify', 'remap', 'deletes', 'push'));
ALTER TABLE sync_runs ADD COLUMN request jsonb,
                      ADD COLUMN failed bigint NOT NULL DEFAULT 0,
                      ADD COLUMN unknown bigint NOT NULL DEFAULT 0,
                      ADD COLUMN waiting bigint NOT NULL DEFAULT 0,
                      ADD COLUMN held bigint NOT NULL DEFAULT 0,
                      ADD COLUMN rate_limit_hits bigint NOT NULL DEFAULT 0;
COMMENT ON COLUMN sync_runs.request IS 'of a run of a push target: what was asked for: force, limit, status, keys, columns, repair, release, revert';
COMMENT ON COLUMN sync_runs.failed IS 'from here on, of a run of a push target: rows that Zoho refused or that met a passing failure';
ALTER TABLE sync_reports DROP CONSTRAINT sync_reports_what_check;
ALTER TABLE sync_reports ADD CONSTRAINT sync_reports_what_check
    CHECK (what IN ('created', 'updated', 'deleted', 'rejected', 'surplus', 'unchanged', 'refused', 'waiting', 'conflict', 'missing', 'differing'));
ALTER TABLE sync_reports ADD COLUMN record_key text;
COMMENT ON COLUMN sync_reports.record_key IS 'of a push target: the key of the record here';
CREATE INDEX sync_reports_of_a_record ON sync_reports (run_id, record_key) WHERE record_key IS NOT NULL;

-- db/functions makes these anew, with further parameters and columns.
DROP FUNCTION IF EXISTS start_run(text, text, text, text, interval, interval, boolean);
DROP VIEW IF EXISTS sync_runs_api;

ALTER TABLE products ADD COLUMN made_here boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN products.made_here IS 'the row began without a Zoho id; kept when the id arrives';

-- What a business brings. An installation replaces a view by its own, in its folder migrations: DROP VIEW and CREATE VIEW. Saddlebag names the
-- columns that it reads, and no object of Saddlebag depends on a view, so DROP VIEW needs no CASCADE.
CREATE VIEW push_products AS
SELECT p.org_id, CAST(p.id AS text) AS record_key, p.sku, p.name, p.description, p.price, CAST(NULL AS text) AS currency, coalesce(p.is_active, true) AS is_active,
       false AS price_may_be_zero, p.category, p.brand, p.unit, CAST(NULL AS text) AS image_url, CAST(NULL AS text) AS link_url, p.stock_quantity AS stock,
       CAST(NULL AS numeric) AS recurring_price, CAST(NULL AS text) AS recurring_unit, CAST(NULL AS integer) AS cycles, CAST(NULL AS numeric) AS setup_fee,
       CAST(NULL AS text) AS product_family, CAST(NULL AS text) AS tax_id
  FROM products p
 WHERE p.made_here AND p.deleted_at IS NULL;
COMMENT ON VIEW push_products IS 'Own products: one row each. null means not known, never nothing. Replace it by a view of your own tables.';
-- R__push.sql 344baf86f81646a1
-- R__runs.sql 98d18e09364546be
