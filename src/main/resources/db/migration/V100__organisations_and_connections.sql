-- How Saddlebag reaches Zoho, and for which organisations it copies data.
--
-- The baseline is V100 to V108: tables, indexes and sequences. Functions, views and triggers are in db/functions, one file a
-- subject. Numbers below 100 belonged to versions that were never released; a database that has them is refused at the start.

-- A client at Zoho and the consent of a person. Several organisations may share a connection.
-- Secrets are encrypted with the master key; each ciphertext is bound to its row and column.
CREATE TABLE connections (
    id              bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    region          text        NOT NULL,
    accounts_url    text,                   -- where the person gave consent, if not at the region's own host
    api_url         text,                   -- api_domain of the last token answer, if it was one of Zoho's hosts
    client_id       text        NOT NULL,
    client_secret   bytea       NOT NULL,
    refresh_token   bytea,                  -- null: nobody has given consent yet
    scopes          text,                   -- the granted scopes, separated by spaces; null: Zoho did not name them
    settings_digest bytea,                  -- digest of the settings that the connection was made from; null: made by the API
    access_token    bytea,
    token_version   bigint      NOT NULL DEFAULT 0, -- counts the access tokens
    refused_version bigint,                 -- the token whose refusal led to the current one; a refusal of both means a missing scope
    issued_at       timestamptz,
    refresh_at      timestamptz,            -- from then on the access token is replaced
    ends_at         timestamptz,
    lease_until     timestamptz,            -- until then one process may request the next token
    cooldown_until  timestamptz,            -- until then no token is requested: Zoho said "too many requests continuously"
    needs_person    text,                   -- what a person has to do before any call can be sent
    connected_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at      timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- Connections that were replaced, without their secrets.
CREATE TABLE replaced_connections (
    id            bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    connection_id bigint      NOT NULL,
    region        text        NOT NULL,
    client_id     text        NOT NULL,
    scopes        text,
    connected_at  timestamptz NOT NULL,
    replaced_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    replaced_by   text        NOT NULL      -- settings, browser or api
);

-- Each request for an access token: Zoho gives 10 in 10 minutes and blocks clients that ask for more.
CREATE TABLE token_requests (
    id            bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    connection_id bigint      NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
    at            timestamptz NOT NULL,
    outcome       text                      -- ok, or Zoho's error; null: no answer yet
);
CREATE INDEX token_requests_recent ON token_requests (connection_id, at);

-- Paths that Zoho refused with a token fresh from its server: the consent lacks a scope, and no refresh can help.
CREATE TABLE missing_scopes (
    connection_id bigint      NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
    area          text        NOT NULL,     -- product, version and resource, for example /inventory/v1/items
    token_version bigint      NOT NULL,     -- the token that was refused
    since         timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (connection_id, area)
);

-- The organisations whose data is copied, their settings, and what Zoho last said of their limits.
CREATE TABLE organisations (
    org_id              text PRIMARY KEY,   -- pending-<number> until the consent tells the real id, which is digits
    name                text,
    is_default          boolean     NOT NULL DEFAULT false,
    connection_id       bigint      REFERENCES connections (id),
    -- A client that nobody has given consent to yet. With the consent it becomes the connection, or replaces it. Until then no
    -- call uses it, and a working connection goes on.
    awaiting_id         bigint      REFERENCES connections (id),
    webhook_secret      bytea,              -- encrypted; several secrets in it are separated by commas
    kinds               text[],             -- the kinds that are copied; null: all
    filters             jsonb,              -- which records of a kind: {"items": {"status": ["active"]}}
    books_missing_since timestamptz,        -- when Zoho Books last refused the whole organisation; null: it has Books, or was not asked
    -- Limits and timers of this organisation; null: as the settings say.
    calls_per_minute    integer     CHECK (calls_per_minute > 0),
    calls_per_day       integer     CHECK (calls_per_day > 0),
    calls_in_flight     integer     CHECK (calls_in_flight > 0),
    pull_cron           text,
    full_cron           text,
    timezone            text,
    -- What Zoho last said, and what the ledger has counted.
    blocked_until       timestamptz,        -- no call is sent before this moment
    blocked_for         text,               -- because of this limit: minute or day
    day_limit           integer,            -- x-rate-limit-limit
    day_remaining       integer,            -- x-rate-limit-remaining
    day_resets_at       timestamptz,        -- time of the answer + x-rate-limit-reset
    day_counted         integer,            -- calls of the day up to day_counted_to: a call counts only those since, not the whole day again
    day_counted_from    timestamptz,        -- the beginning of the day
    day_counted_to      timestamptz,
    wanted_until        timestamptz,        -- a webhook's or a person's call is waiting: until then no pull or push takes a slot before it
    created_at          timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at          timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE UNIQUE INDEX organisations_one_default ON organisations (is_default) WHERE is_default;
CREATE UNIQUE INDEX organisations_name ON organisations (name);

-- Numbers for organisations whose id at Zoho is not known before the consent.
CREATE SEQUENCE organisations_pending;

-- The state parameter of a visit to Zoho's consent page: a callback is accepted once, in time, and only with a state from here.
-- A consent to several organisations is kept the same way until one of them is chosen.
CREATE TABLE oauth_states (
    digest        bytea       PRIMARY KEY,      -- SHA-256 of the state: the table alone opens nothing
    org_id        text        NOT NULL REFERENCES organisations (org_id) ON UPDATE CASCADE ON DELETE CASCADE,
    connection_id bigint      NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
    client_id     text        NOT NULL,         -- of the connection at that time
    redirect_uri  text        NOT NULL,
    expires_at    timestamptz NOT NULL,
    -- Of a consent that waits for the choice of an organisation; otherwise null.
    region        text,
    accounts_url  text,
    refresh_token bytea,                        -- encrypted
    scopes        text,
    listed        text[]                        -- the organisation ids to choose from
);
