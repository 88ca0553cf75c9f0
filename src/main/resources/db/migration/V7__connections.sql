-- A client at Zoho and the consent of a person: with what organisations are read. Several of them may share one.
-- Secrets are ciphertexts under the master key, each bound to its row and column.
CREATE TABLE connections (
    id              bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    region          text        NOT NULL,
    accounts_url    text,                   -- where the person agreed, if that was elsewhere than the region says
    api_url         text,                   -- api_domain of the last token answer, if that was one of Zoho's hosts
    client_id       text        NOT NULL,
    client_secret   bytea       NOT NULL,
    refresh_token   bytea,                  -- null: nobody has agreed yet
    scopes          text,                   -- what was agreed to, separated by spaces; null: Zoho did not say
    settings_digest bytea,                  -- of the settings that it was made from; null: it was made by the API
    access_token    bytea,
    token_version   bigint      NOT NULL DEFAULT 0, -- counts the access tokens
    issued_at       timestamptz,
    refresh_at      timestamptz,            -- from when on the access token is replaced
    ends_at         timestamptz,
    lease_until     timestamptz,            -- until when one process may ask for the next token
    cooldown_until  timestamptz,            -- no token is asked for: Zoho said "too many requests continuously"
    needs_person    text,                   -- what a person has to do before any call goes out again
    connected_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at      timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- What was connected before, without its secrets.
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

-- Every request for an access token: Zoho gives 10 in 10 minutes and blocks who asks for more.
CREATE TABLE token_requests (
    id            bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    connection_id bigint      NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
    at            timestamptz NOT NULL,
    outcome       text                      -- ok, or Zoho's error; null: no answer yet
);
CREATE INDEX token_requests_recent ON token_requests (connection_id, at);

-- Paths that Zoho refused with a token fresh from its server: the consent lacks a scope, no refresh can help.
CREATE TABLE missing_scopes (
    connection_id bigint      NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
    area          text        NOT NULL,     -- product, version and resource, for instance /inventory/v1/items
    token_version bigint      NOT NULL,     -- the token that was refused
    since         timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (connection_id, area)
);

ALTER TABLE organisations
    ADD connection_id    bigint REFERENCES connections (id),
    ADD webhook_secret   bytea,             -- encrypted; several secrets in it are separated by commas
    -- each null: as the settings say
    ADD calls_per_minute integer CHECK (calls_per_minute > 0),
    ADD calls_per_day    integer CHECK (calls_per_day > 0),
    ADD calls_in_flight  integer CHECK (calls_in_flight > 0),
    ADD pull_cron        text,
    ADD full_cron        text,
    ADD timezone         text,
    -- a webhook's or a person's call waits: until then, no pull or push takes a slot before it
    ADD wanted_until     timestamptz;
CREATE UNIQUE INDEX organisations_name ON organisations (name);
