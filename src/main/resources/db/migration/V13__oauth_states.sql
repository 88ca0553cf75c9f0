-- What was sent along to Zoho's consent page: who brings it back, in time and the first time, was sent there by us. A consent
-- to several organisations is kept in the same way until one of them is chosen.
CREATE TABLE oauth_states (
    digest        bytea       PRIMARY KEY,      -- SHA-256 of what is sent: the table itself opens nothing
    org_id        text        NOT NULL REFERENCES organisations (org_id) ON UPDATE CASCADE ON DELETE CASCADE,
    connection_id bigint      NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
    client_id     text        NOT NULL,         -- of the connection at that time
    redirect_uri  text        NOT NULL,
    expires_at    timestamptz NOT NULL,
    -- of a consent that waits for the choice; otherwise null
    region        text,
    accounts_url  text,
    refresh_token bytea,                        -- encrypted
    scopes        text,
    listed        text[]                        -- the ids to choose from
);
