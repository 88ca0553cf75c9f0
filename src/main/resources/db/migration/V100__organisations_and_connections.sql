-- How Saddlebag reaches Zoho, and for which organisations it copies data.
--
-- The baseline is V100 to V108: tables, indexes and sequences. Functions, views and triggers are in db/functions, one file a
-- subject. Numbers below 100 belonged to versions that were never released; a database that has them is refused at the start.

CREATE TABLE connections (
    id              bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    region          text        NOT NULL,
    accounts_url    text,
    api_url         text,
    client_id       text        NOT NULL,
    client_secret   bytea       NOT NULL,
    refresh_token   bytea,
    scopes          text,
    settings_digest bytea,
    access_token    bytea,
    token_version   bigint      NOT NULL DEFAULT 0,
    refused_version bigint,
    issued_at       timestamptz,
    refresh_at      timestamptz,
    ends_at         timestamptz,
    lease_until     timestamptz,
    cooldown_until  timestamptz,
    needs_person    text,
    connected_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at      timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE connections IS
    'A client at Zoho and the consent of a person. Several organisations may share a connection. Secrets are encrypted with '
    'the master key; each ciphertext is bound to its row and column.';
COMMENT ON COLUMN connections.accounts_url IS 'where the person gave consent, if not at the region''s own host';
COMMENT ON COLUMN connections.api_url IS 'api_domain of the last token answer, if it was one of Zoho''s hosts';
COMMENT ON COLUMN connections.refresh_token IS 'null: nobody has given consent yet';
COMMENT ON COLUMN connections.scopes IS 'the granted scopes, separated by spaces; null: Zoho did not name them';
COMMENT ON COLUMN connections.settings_digest IS 'digest of the settings that the connection was made from; null: made by the API';
COMMENT ON COLUMN connections.token_version IS 'counts the access tokens';
COMMENT ON COLUMN connections.refused_version IS 'the token whose refusal led to the current one; a refusal of both means a missing scope';
COMMENT ON COLUMN connections.refresh_at IS 'from then on the access token is replaced';
COMMENT ON COLUMN connections.lease_until IS 'until then one process may request the next token';
COMMENT ON COLUMN connections.cooldown_until IS 'until then no token is requested: Zoho said "too many requests continuously"';
COMMENT ON COLUMN connections.needs_person IS 'what a person has to do before any call can be sent';

CREATE TABLE replaced_connections (
    id            bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    connection_id bigint      NOT NULL,
    region        text        NOT NULL,
    client_id     text        NOT NULL,
    scopes        text,
    connected_at  timestamptz NOT NULL,
    replaced_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    replaced_by   text        NOT NULL
);
COMMENT ON TABLE replaced_connections IS 'Connections that were replaced, without their secrets.';
COMMENT ON COLUMN replaced_connections.replaced_by IS 'settings, browser or api';

CREATE TABLE token_requests (
    id            bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    connection_id bigint      NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
    at            timestamptz NOT NULL,
    outcome       text
);
COMMENT ON TABLE token_requests IS 'Each request for an access token: Zoho gives 10 in 10 minutes and blocks clients that ask for more.';
COMMENT ON COLUMN token_requests.outcome IS 'ok, or Zoho''s error; null: no answer yet';
CREATE INDEX token_requests_recent ON token_requests (connection_id, at);

CREATE TABLE missing_scopes (
    connection_id bigint      NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
    area          text        NOT NULL,
    token_version bigint      NOT NULL,
    since         timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (connection_id, area)
);
COMMENT ON TABLE missing_scopes IS 'Paths that Zoho refused with a token fresh from its server: the consent lacks a scope, and no refresh can help.';
COMMENT ON COLUMN missing_scopes.area IS 'product, version and resource, for example /inventory/v1/items';
COMMENT ON COLUMN missing_scopes.token_version IS 'the token that was refused';

CREATE TABLE organisations (
    org_id              text PRIMARY KEY,
    name                text,
    is_default          boolean     NOT NULL DEFAULT false,
    connection_id       bigint      REFERENCES connections (id),
    awaiting_id         bigint      REFERENCES connections (id),
    webhook_secret      bytea,
    kinds               text[],
    filters             jsonb,
    books_missing_since timestamptz,
    calls_per_minute    integer     CHECK (calls_per_minute > 0),
    calls_per_day       integer     CHECK (calls_per_day > 0),
    calls_in_flight     integer     CHECK (calls_in_flight > 0),
    pull_cron           text,
    full_cron           text,
    timezone            text,
    blocked_until       timestamptz,
    blocked_for         text,
    day_limit           integer,
    day_remaining       integer,
    day_resets_at       timestamptz,
    day_counted         integer,
    day_counted_from    timestamptz,
    day_counted_to      timestamptz,
    wanted_until        timestamptz,
    created_at          timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at          timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE organisations IS 'The organisations whose data is copied, their settings, and what Zoho last said of their limits.';
COMMENT ON COLUMN organisations.org_id IS 'pending-<number> until the consent tells the real id, which is digits';
COMMENT ON COLUMN organisations.awaiting_id IS
    'a client that nobody has given consent to yet. With the consent it becomes the connection, or replaces it. Until then '
    'no call uses it, and a working connection goes on';
COMMENT ON COLUMN organisations.webhook_secret IS 'encrypted; several secrets in it are separated by commas';
COMMENT ON COLUMN organisations.kinds IS 'the kinds that are copied; null: all';
COMMENT ON COLUMN organisations.filters IS 'which records of a kind: {"items": {"status": ["active"]}}';
COMMENT ON COLUMN organisations.books_missing_since IS 'when Zoho Books last refused the whole organisation; null: it has Books, or was not asked';
COMMENT ON COLUMN organisations.calls_per_minute IS 'limits and timers of this organisation, up to timezone; null: as the settings say';
COMMENT ON COLUMN organisations.blocked_until IS 'no call is sent before this moment';
COMMENT ON COLUMN organisations.blocked_for IS 'because of this limit: minute or day';
COMMENT ON COLUMN organisations.day_limit IS 'x-rate-limit-limit';
COMMENT ON COLUMN organisations.day_remaining IS 'x-rate-limit-remaining';
COMMENT ON COLUMN organisations.day_resets_at IS 'time of the answer + x-rate-limit-reset';
COMMENT ON COLUMN organisations.day_counted IS 'calls of the day up to day_counted_to: a call counts only those since, not the whole day again';
COMMENT ON COLUMN organisations.day_counted_from IS 'the beginning of the day';
COMMENT ON COLUMN organisations.wanted_until IS 'a webhook''s or a person''s call is waiting: until then no pull or push takes a slot before it';
CREATE UNIQUE INDEX organisations_one_default ON organisations (is_default) WHERE is_default;
CREATE UNIQUE INDEX organisations_name ON organisations (name);

-- Numbers for organisations whose id at Zoho is not known before the consent.
CREATE SEQUENCE organisations_pending;

CREATE TABLE oauth_states (
    digest        bytea       PRIMARY KEY,
    org_id        text        NOT NULL REFERENCES organisations (org_id) ON UPDATE CASCADE ON DELETE CASCADE,
    connection_id bigint      NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
    client_id     text        NOT NULL,
    redirect_uri  text        NOT NULL,
    expires_at    timestamptz NOT NULL,
    region        text,
    accounts_url  text,
    refresh_token bytea,
    scopes        text,
    listed        text[]
);
COMMENT ON TABLE oauth_states IS
    'The state parameter of a visit to Zoho''s consent page: a callback is accepted once, in time, and only with a state '
    'from here. A consent to several organisations is kept the same way until one of them is chosen.';
COMMENT ON COLUMN oauth_states.digest IS 'SHA-256 of the state: the table alone opens nothing';
COMMENT ON COLUMN oauth_states.client_id IS 'of the connection at that time';
COMMENT ON COLUMN oauth_states.region IS 'from here on, of a consent that waits for the choice of an organisation; otherwise null';
COMMENT ON COLUMN oauth_states.refresh_token IS 'encrypted';
COMMENT ON COLUMN oauth_states.listed IS 'the organisation ids to choose from';
