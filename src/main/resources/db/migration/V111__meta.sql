-- Meta's product catalogue: the catalogue of an organisation with its token, and batches whose result Meta tells later.
-- R__calls.sql d76874eb3335be1a
-- R__connections.sql 84c4cd58e33a5dd0
-- R__push.sql 4366cbfa868a8f5d
-- R__push_handles.sql 4cc2690be9a666cb

ALTER TABLE organisations
    ADD COLUMN meta_catalogue     text,
    ADD COLUMN meta_token         bytea,
    ADD COLUMN meta_link          text,
    ADD COLUMN meta_blocked_until timestamptz;
COMMENT ON COLUMN organisations.meta_catalogue IS 'id of the organisation''s product catalogue at Meta; null: Meta is not called';
COMMENT ON COLUMN organisations.meta_token IS 'token of a system user at Meta, encrypted with the master key';
COMMENT ON COLUMN organisations.meta_link IS 'address of a copied item''s page, with {sku} or {id} in it; null: copied items have no page';
COMMENT ON COLUMN organisations.meta_blocked_until IS 'no call is sent to Meta before this moment: the catalogue''s limit of calls is reached';

CREATE TABLE push_handles (
    org_id        text        NOT NULL,
    target        text        NOT NULL,
    handle        text        NOT NULL,
    claim         bigint      NOT NULL,
    accepted_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    checks        integer     NOT NULL DEFAULT 0,
    next_at       timestamptz NOT NULL DEFAULT clock_timestamp() + interval '10 seconds',
    claimed_until timestamptz,
    error         text,
    PRIMARY KEY (org_id, target, handle)
);
COMMENT ON TABLE push_handles IS 'Batches that were accepted and have no result yet. A batch leaves the table with its result.';
COMMENT ON COLUMN push_handles.claim IS 'the claim under which its records were sent, as in push_state';
COMMENT ON COLUMN push_handles.next_at IS 'when the result is asked for next: after 10 s, 30 s, 2 min, 10 min, then every hour';
COMMENT ON COLUMN push_handles.claimed_until IS 'until then one process asks for the result';
COMMENT ON COLUMN push_handles.error IS 'why the last question had no answer';
CREATE INDEX push_handles_due ON push_handles (next_at);
