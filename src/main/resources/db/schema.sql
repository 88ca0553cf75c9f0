-- The tables of Saddlebag, for people to read. Made from the migrated database by SchemaFileIT (-Dsaddlebag.schema=write); do not edit.
-- How a table came about: db/migration. What functions, views and triggers do: the files of db/functions that are named below.
-- "(reader)": the role saddlebag_reader may read it.

-- Messages to the channels, committed with the change of state that they tell of; one row for each channel.
CREATE TABLE alert_messages (
    id            bigint GENERATED ALWAYS AS IDENTITY,
    message_id    text NOT NULL DEFAULT ('msg_'::text || replace((gen_random_uuid())::text, '-'::text, ''::text)),  -- the same at each attempt, so that a receiver knows a repetition: webhook-id, or Message-ID of a mail
    channel       text NOT NULL,                                                                                    -- webhook or email
    kind          text NOT NULL DEFAULT 'alert'::text,
    alerts        jsonb NOT NULL DEFAULT '[]'::jsonb,                                                               -- the changes that it tells of
    created_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    due_at        timestamptz NOT NULL DEFAULT clock_timestamp(),
    claimed_until timestamptz,                                                                                      -- until then one process is sending it
    attempts      integer NOT NULL DEFAULT 0,
    error         text,                                                                                             -- why the last attempt failed
    sent_at       timestamptz,
    given_up_at   timestamptz,
    PRIMARY KEY (id),
    CHECK (kind = ANY (ARRAY['alert'::text, 'test'::text]))
);
CREATE INDEX alert_messages_given_up ON alert_messages (channel, given_up_at) WHERE (given_up_at IS NOT NULL);
CREATE INDEX alert_messages_open ON alert_messages (channel, id) WHERE ((sent_at IS NULL) AND (given_up_at IS NULL));
CREATE INDEX alert_messages_sent ON alert_messages (channel, sent_at) WHERE (sent_at IS NOT NULL);

-- Who watches: one process at a time looks for changes and tells of them.
CREATE TABLE alert_watch (
    only_row         boolean NOT NULL DEFAULT true,
    process          text,
    process_until    timestamptz NOT NULL DEFAULT '-infinity'::timestamptz,  -- until then no other process watches, unless it is over
    watched_at       timestamptz,
    gathered_at      timestamptz NOT NULL DEFAULT '-infinity'::timestamptz,  -- when several changes were last gathered in one message
    heartbeat_due_at timestamptz NOT NULL DEFAULT '-infinity'::timestamptz,
    heartbeat_at     timestamptz,                                            -- when the heartbeat last reached its address
    heartbeat_error  text,                                                   -- why the last heartbeat failed; null: it did not
    PRIMARY KEY (only_row),
    CHECK (only_row)
);

-- Problems that health has found: those of now, and those that were over lately.
CREATE TABLE alerts (
    key         text NOT NULL,                                   -- stays while the sentence changes; letters, digits and . _ - only
    org_id      text,                                            -- null: the problem concerns all organisations
    state       text NOT NULL,
    since       timestamptz NOT NULL DEFAULT clock_timestamp(),  -- when it began or ended
    text        text NOT NULL,                                   -- one sentence with cause and remedy, as health said it last
    mend        jsonb,                                           -- label, method and address of the call or page that helps
    changes     integer NOT NULL DEFAULT 1,                      -- changes of state since the last message about it
    told_state  text,                                            -- what the last message said, or would have said if there were a channel to tell of the failure of another; null: there was none
    told_at     timestamptz,                                     -- when that message was written
    fired_at    timestamptz,                                     -- when a message last said that it fires
    muted_until timestamptz,                                     -- until then no message is written about it
    PRIMARY KEY (key),
    CHECK (state = ANY (ARRAY['firing'::text, 'resolved'::text])),
    CHECK (told_state = ANY (ARRAY['firing'::text, 'resolved'::text]))
);

-- Who did what, when, from where, with what outcome. Rows are only added; audit_trim() alone deletes, and only old ones. No secrets.
CREATE TABLE audit_log (
    id      bigint GENERATED ALWAYS AS IDENTITY,
    at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    who     text NOT NULL,                                   -- user of the login, scheduler (a bearer of CRON_SECRET), or settings (what a start takes over)
    role    text,                                            -- viewer, operator, admin or scheduler at that moment; null for settings
    address text,                                            -- IP address of the caller, as a trusted proxy reports it; null for settings
    action  text NOT NULL,                                   -- stable name, such as run.start; docs/reference/audit.md lists all
    org_id  text,                                            -- organisation, if the action is about one
    object  text,                                            -- what the action is about, as the path of the request names it: items/460000000012345, or the id of a run
    outcome text NOT NULL,                                   -- done; started: a later row has the end; refused: the caller must change something (4xx); failed (5xx)
    details jsonb NOT NULL DEFAULT '{}'::jsonb,              -- parameters of the request, the values before and after, the reason of a refusal; never a secret
    PRIMARY KEY (id),
    CHECK (outcome = ANY (ARRAY['done'::text, 'started'::text, 'refused'::text, 'failed'::text]))
);
CREATE INDEX audit_log_action ON audit_log (action text_pattern_ops, id);
CREATE INDEX audit_log_at ON audit_log (at);
CREATE INDEX audit_log_object ON audit_log (object, id) WHERE (object IS NOT NULL);
CREATE INDEX audit_log_org ON audit_log (org_id, id) WHERE (org_id IS NOT NULL);
CREATE INDEX audit_log_who ON audit_log (who, id);
CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON audit_log FOR EACH ROW EXECUTE FUNCTION refuse_audit_change();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON audit_log FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();

-- (reader)
CREATE TABLE bill_lines (
    org_id         text NOT NULL,
    zoho_bill_id   text NOT NULL,
    zoho_line_id   text NOT NULL,
    "position"     integer NOT NULL,
    zoho_item_id   text,
    name           text,
    sku            text,
    description    text,
    quantity       numeric,
    rate           numeric,
    unit           text,
    item_total     numeric,
    tax_id         text,
    tax_name       text,
    tax_percentage numeric,
    account_id     text,
    location_id    text,
    source         jsonb NOT NULL,
    created_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (org_id, zoho_bill_id, zoho_line_id),
    FOREIGN KEY (org_id, zoho_bill_id) REFERENCES bills(org_id, zoho_bill_id) ON DELETE CASCADE,
    CHECK (item_total > '-Infinity'::numeric AND item_total < 'Infinity'::numeric),
    CHECK (quantity > '-Infinity'::numeric AND quantity < 'Infinity'::numeric),
    CHECK (rate > '-Infinity'::numeric AND rate < 'Infinity'::numeric),
    CHECK (tax_percentage > '-Infinity'::numeric AND tax_percentage < 'Infinity'::numeric)
);
CREATE INDEX bill_lines_of_an_item ON bill_lines (org_id, zoho_item_id);
CREATE TRIGGER lines_move_stock AFTER INSERT OR DELETE OR UPDATE ON bill_lines FOR EACH ROW EXECUTE FUNCTION lines_move_stock();

-- (reader)
CREATE TABLE bills (
    id               bigint GENERATED ALWAYS AS IDENTITY,
    org_id           text NOT NULL,
    zoho_bill_id     text,
    bill_number      text,
    zoho_contact_id  text,                                            -- the vendor
    status           text,
    bill_date        date,
    due_date         date,
    total            numeric,
    balance          numeric,
    currency         text,
    source           jsonb,                                           -- the record as Zoho sent it, the keys of all answers merged
    shapes           jsonb NOT NULL DEFAULT '{}'::jsonb,              -- the keys of source that each shape of answer lacked when it last came (function merged)
    detailed         boolean NOT NULL DEFAULT false,                  -- whether the lines of this version are stored
    zoho_created_at  timestamptz,
    zoho_modified_at timestamptz,
    requested_at     timestamptz,                                     -- when the request that brought this version was sent
    created_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at       timestamptz NOT NULL DEFAULT clock_timestamp(),  -- moves only when a column changes
    deleted_at       timestamptz,                                     -- null while Zoho has the record
    PRIMARY KEY (id),
    UNIQUE (org_id, zoho_bill_id),
    CHECK (balance > '-Infinity'::numeric AND balance < 'Infinity'::numeric),
    CHECK (total > '-Infinity'::numeric AND total < 'Infinity'::numeric)
);
CREATE INDEX bills_of_a_contact ON bills (org_id, zoho_contact_id);
CREATE INDEX bills_org_id_zoho_modified_at_length_zoho_bill_id_idx ON bills (org_id, zoho_modified_at DESC NULLS LAST, length(zoho_bill_id) DESC, zoho_bill_id DESC) WHERE ((NOT detailed) AND (deleted_at IS NULL));
CREATE TRIGGER parents_move_stock AFTER UPDATE OF status, deleted_at ON bills FOR EACH ROW WHEN (((old.status IS DISTINCT FROM new.status) OR ((old.deleted_at IS NULL) IS DISTINCT FROM (new.deleted_at IS NULL)))) EXECUTE FUNCTION parents_move_stock('bill_lines', 'zoho_bill_id');
CREATE TRIGGER record_changes AFTER UPDATE ON bills REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION note_changes('bills', 'zoho_bill_id');

-- A client at Zoho and the consent of a person. Several organisations may share a connection. Secrets are encrypted with the master key; each ciphertext is bound to its row and column.
CREATE TABLE connections (
    id              bigint GENERATED ALWAYS AS IDENTITY,
    region          text NOT NULL,
    accounts_url    text,                                            -- where the person gave consent, if not at the region's own host
    api_url         text,                                            -- api_domain of the last token answer, if it was one of Zoho's hosts
    client_id       text NOT NULL,
    client_secret   bytea NOT NULL,
    refresh_token   bytea,                                           -- null: nobody has given consent yet
    scopes          text,                                            -- the granted scopes, separated by spaces; null: Zoho did not name them
    settings_digest bytea,                                           -- digest of the settings that the connection was made from; null: made by the API
    access_token    bytea,
    token_version   bigint NOT NULL DEFAULT 0,                       -- counts the access tokens
    refused_version bigint,                                          -- the token whose refusal led to the current one; a refusal of both means a missing scope
    issued_at       timestamptz,
    refresh_at      timestamptz,                                     -- from then on the access token is replaced
    ends_at         timestamptz,
    lease_until     timestamptz,                                     -- until then one process may request the next token
    cooldown_until  timestamptz,                                     -- until then no token is requested: Zoho said "too many requests continuously"
    needs_person    text,                                            -- what a person has to do before any call can be sent
    connected_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (id)
);

-- For which invoices. (reader)
CREATE TABLE customer_payment_allocations (
    org_id             text NOT NULL,
    zoho_payment_id    text NOT NULL,
    zoho_allocation_id text NOT NULL,                                   -- Zoho's invoice_payment_id; where it has none, the invoice's id
    zoho_invoice_id    text,
    amount_applied     numeric,
    applied_on         date,
    source             jsonb NOT NULL,
    created_at         timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at         timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (org_id, zoho_payment_id, zoho_allocation_id),
    FOREIGN KEY (org_id, zoho_payment_id) REFERENCES customer_payments(org_id, zoho_payment_id) ON DELETE CASCADE,
    CHECK (amount_applied > '-Infinity'::numeric AND amount_applied < 'Infinity'::numeric)
);
CREATE INDEX customer_payment_allocations_of_an_invoice ON customer_payment_allocations (org_id, zoho_invoice_id);

-- What customers paid. (reader)
CREATE TABLE customer_payments (
    id               bigint GENERATED ALWAYS AS IDENTITY,
    org_id           text NOT NULL,
    zoho_payment_id  text,
    payment_number   text,
    zoho_contact_id  text,
    payment_date     date,
    amount           numeric,
    unused_amount    numeric,
    payment_mode     text,
    currency         text,
    reference_number text,
    invoice_numbers  text,                                            -- as the list has them; null where Zoho leaves them out
    source           jsonb,                                           -- the record as Zoho sent it, the keys of all answers merged
    shapes           jsonb NOT NULL DEFAULT '{}'::jsonb,              -- the keys of source that each shape of answer lacked when it last came (function merged)
    detailed         boolean NOT NULL DEFAULT false,                  -- whether the lines of this version are stored
    zoho_created_at  timestamptz,
    zoho_modified_at timestamptz,
    requested_at     timestamptz,                                     -- when the request that brought this version was sent
    created_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at       timestamptz NOT NULL DEFAULT clock_timestamp(),  -- moves only when a column changes
    deleted_at       timestamptz,                                     -- null while Zoho has the record
    PRIMARY KEY (id),
    UNIQUE (org_id, zoho_payment_id),
    CHECK (amount > '-Infinity'::numeric AND amount < 'Infinity'::numeric),
    CHECK (unused_amount > '-Infinity'::numeric AND unused_amount < 'Infinity'::numeric)
);
CREATE INDEX customer_payments_of_a_contact ON customer_payments (org_id, zoho_contact_id);
CREATE INDEX customer_payments_org_id_zoho_modified_at_length_zoho_payme_idx ON customer_payments (org_id, zoho_modified_at DESC NULLS LAST, length(zoho_payment_id) DESC, zoho_payment_id DESC) WHERE ((NOT detailed) AND (deleted_at IS NULL));
CREATE TRIGGER record_changes AFTER UPDATE ON customer_payments REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION note_changes('customer-payments', 'zoho_payment_id');

-- Customers and vendors. (reader)
CREATE TABLE customers (
    id                     bigint GENERATED ALWAYS AS IDENTITY,
    org_id                 text NOT NULL,
    zoho_contact_id        text,
    name                   text,
    company_name           text,
    contact_type           text,                                            -- customer or vendor
    email                  text,
    phone                  text,
    mobile                 text,
    currency               text,
    outstanding_receivable numeric,
    outstanding_payable    numeric,
    is_active              boolean,
    source                 jsonb,                                           -- the record as Zoho sent it, the keys of all answers merged
    shapes                 jsonb NOT NULL DEFAULT '{}'::jsonb,              -- the keys of source that each shape of answer lacked when it last came (function merged)
    zoho_created_at        timestamptz,
    zoho_modified_at       timestamptz,
    requested_at           timestamptz,                                     -- when the request that brought this version was sent
    created_at             timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at             timestamptz NOT NULL DEFAULT clock_timestamp(),  -- moves only when a column changes
    deleted_at             timestamptz,                                     -- null while Zoho has the record
    PRIMARY KEY (id),
    UNIQUE (org_id, zoho_contact_id),
    CHECK (outstanding_payable > '-Infinity'::numeric AND outstanding_payable < 'Infinity'::numeric),
    CHECK (outstanding_receivable > '-Infinity'::numeric AND outstanding_receivable < 'Infinity'::numeric)
);
CREATE TRIGGER record_changes AFTER UPDATE ON customers REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION note_changes('contacts', 'zoho_contact_id');

-- Gaps in the records of a kind, measured by the kind's own statement after a run that changed something. (reader)
CREATE TABLE data_quality (
    run_id  bigint NOT NULL,
    org_id  text NOT NULL,
    at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    entity  text NOT NULL,
    measure text NOT NULL,                                                                                 -- without_sku, negative_stock, ...
    count   bigint NOT NULL,
    of      bigint NOT NULL,                                                                               -- the number of records that were measured
    share   numeric GENERATED ALWAYS AS (round(((count)::numeric / (NULLIF(of, 0))::numeric), 4)) STORED,  -- 0 to 1; null: no records
    PRIMARY KEY (org_id, entity, run_id, measure),
    FOREIGN KEY (run_id) REFERENCES sync_runs(id) ON DELETE CASCADE
);
CREATE INDEX data_quality_of_a_run ON data_quality (run_id);

-- What could not be processed: one row for each record and content, however often it fails.
CREATE TABLE dead_letters (
    id          bigint GENERATED ALWAYS AS IDENTITY,
    org_id      text NOT NULL,
    source      text NOT NULL,
    entity      text NOT NULL,
    zoho_id     text,                                                                                                                                                                                                                                                        -- null: the record has no usable id
    payload     text NOT NULL,                                                                                                                                                                                                                                               -- text, because not every payload can be jsonb
    digest      text NOT NULL GENERATED ALWAYS AS (md5(payload)) STORED,
    error       text NOT NULL,
    attempts    integer NOT NULL DEFAULT 1,
    created_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    failed_at   timestamptz NOT NULL DEFAULT clock_timestamp(),                                                                                                                                                                                                              -- the newest attempt
    replayed_at timestamptz,
    closed_at   timestamptz,                                                                                                                                                                                                                                                 -- when a later good version of the record was stored
    run_id      bigint,
    event_id    text,                                                                                                                                                                                                                                                        -- of a webhook: its event, which a replay makes pending again
    reason      text NOT NULL GENERATED ALWAYS AS ("left"(regexp_replace("left"(error, 1000), '"[^"]*"|\([^)]*\)(?= already)|(?<=contains )\(.*|[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9:.+Z]*|[0-9]+\.[0-9]+|[0-9]{5,}|[[:cntrl:]]+'::text, '…'::text, 'g'::text), 200)) STORED,  -- error without what differs from record to record, at most 200 characters
    replay_id   bigint,                                                                                                                                                                                                                                                      -- of a push: the newest replay of many that it was part of
    PRIMARY KEY (id),
    CHECK (source = ANY (ARRAY['pull'::text, 'webhook'::text, 'push'::text]))
);
CREATE INDEX dead_letters_by_reason ON dead_letters (org_id, source, entity, reason, id) INCLUDE (created_at, failed_at) WHERE (closed_at IS NULL);
CREATE INDEX dead_letters_closed ON dead_letters (closed_at) WHERE (closed_at IS NOT NULL);
CREATE INDEX dead_letters_newest ON dead_letters (org_id, failed_at, id) WHERE (closed_at IS NULL);
CREATE INDEX dead_letters_of_run ON dead_letters (run_id) WHERE ((run_id IS NOT NULL) AND (closed_at IS NULL));
CREATE UNIQUE INDEX dead_letters_once ON dead_letters (org_id, source, entity, COALESCE(zoho_id, ''::text), digest);
CREATE INDEX dead_letters_open ON dead_letters (org_id, entity, zoho_id) WHERE (closed_at IS NULL);
CREATE INDEX dead_letters_replayed ON dead_letters (replay_id) WHERE (replay_id IS NOT NULL);

-- Records whose details were requested and, as far as is known, not stored. Until next_at no other caller requests them.
CREATE TABLE detail_attempts (
    org_id         text NOT NULL,
    entity         text NOT NULL,
    zoho_id        text NOT NULL,
    row_updated_at timestamptz NOT NULL,        -- updated_at of the row to be completed; a changed row starts anew
    attempts       integer NOT NULL DEFAULT 1,
    next_at        timestamptz NOT NULL,
    PRIMARY KEY (org_id, entity, zoho_id)
);

-- Progress of the details of a kind. Kinds without details have no row.
CREATE TABLE detail_progress (
    org_id     text NOT NULL,
    entity     text NOT NULL,
    lacking    bigint NOT NULL DEFAULT 0,                       -- rows without details, when they were last counted
    counted_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    failures   integer NOT NULL DEFAULT 0,                      -- consecutive failures of the kind as a whole
    next_at    timestamptz,                                     -- after failures: no request before this moment
    error      text,
    PRIMARY KEY (org_id, entity)
);

-- Organisations for which no picture can be fetched: a scope is missing, or the connection is refused.
CREATE TABLE image_pauses (
    org_id   text NOT NULL,
    error    text NOT NULL,
    failures integer NOT NULL DEFAULT 1,                      -- consecutive
    since    timestamptz NOT NULL DEFAULT clock_timestamp(),
    next_at  timestamptz NOT NULL,
    PRIMARY KEY (org_id)
);

-- The items' pictures: each content is stored once. (reader)
CREATE TABLE images (
    digest         text NOT NULL,                                   -- SHA-256 of the content, in hexadecimal
    content        bytea NOT NULL,
    media_type     text NOT NULL,                                   -- found from the content, whatever Zoho called it
    bytes          integer NOT NULL,
    width          integer,                                         -- null: webp, or unreadable
    height         integer,
    thumbnail      bytea,                                           -- null: the picture is small enough, or none could be made
    thumbnail_type text,
    created_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (digest)
);

-- (reader)
CREATE TABLE invoice_lines (
    org_id          text NOT NULL,
    zoho_invoice_id text NOT NULL,
    zoho_line_id    text NOT NULL,                                   -- #1, #2, ... where Zoho gives none
    "position"      integer NOT NULL,                                -- from 1
    zoho_item_id    text,
    name            text,
    sku             text,
    description     text,
    quantity        numeric,
    rate            numeric,
    unit            text,
    item_total      numeric,
    tax_id          text,
    tax_name        text,
    tax_percentage  numeric,
    location_id     text,
    source          jsonb NOT NULL,
    created_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (org_id, zoho_invoice_id, zoho_line_id),
    FOREIGN KEY (org_id, zoho_invoice_id) REFERENCES invoices(org_id, zoho_invoice_id) ON DELETE CASCADE,
    CHECK (item_total > '-Infinity'::numeric AND item_total < 'Infinity'::numeric),
    CHECK (quantity > '-Infinity'::numeric AND quantity < 'Infinity'::numeric),
    CHECK (rate > '-Infinity'::numeric AND rate < 'Infinity'::numeric),
    CHECK (tax_percentage > '-Infinity'::numeric AND tax_percentage < 'Infinity'::numeric)
);
CREATE INDEX invoice_lines_of_an_item ON invoice_lines (org_id, zoho_item_id);
CREATE TRIGGER lines_move_stock AFTER INSERT OR DELETE OR UPDATE ON invoice_lines FOR EACH ROW EXECUTE FUNCTION lines_move_stock();

-- (reader)
CREATE TABLE invoices (
    id               bigint GENERATED ALWAYS AS IDENTITY,
    org_id           text NOT NULL,
    zoho_invoice_id  text,
    invoice_number   text,
    zoho_contact_id  text,
    status           text,
    invoice_date     date,
    due_date         date,
    total            numeric,
    balance          numeric,
    currency         text,
    source           jsonb,                                           -- the record as Zoho sent it, the keys of all answers merged
    shapes           jsonb NOT NULL DEFAULT '{}'::jsonb,              -- the keys of source that each shape of answer lacked when it last came (function merged)
    detailed         boolean NOT NULL DEFAULT false,                  -- whether the lines of this version are stored
    zoho_created_at  timestamptz,
    zoho_modified_at timestamptz,
    requested_at     timestamptz,                                     -- when the request that brought this version was sent
    created_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at       timestamptz NOT NULL DEFAULT clock_timestamp(),  -- moves only when a column changes
    deleted_at       timestamptz,                                     -- null while Zoho has the record
    PRIMARY KEY (id),
    UNIQUE (org_id, zoho_invoice_id),
    CHECK (balance > '-Infinity'::numeric AND balance < 'Infinity'::numeric),
    CHECK (total > '-Infinity'::numeric AND total < 'Infinity'::numeric)
);
CREATE INDEX invoices_of_a_contact ON invoices (org_id, zoho_contact_id);
CREATE INDEX invoices_org_id_zoho_modified_at_length_zoho_invoice_id_idx ON invoices (org_id, zoho_modified_at DESC NULLS LAST, length(zoho_invoice_id) DESC, zoho_invoice_id DESC) WHERE ((NOT detailed) AND (deleted_at IS NULL));
CREATE TRIGGER parents_move_stock AFTER UPDATE OF status, deleted_at ON invoices FOR EACH ROW WHEN (((old.status IS DISTINCT FROM new.status) OR ((old.deleted_at IS NULL) IS DISTINCT FROM (new.deleted_at IS NULL)))) EXECUTE FUNCTION parents_move_stock('invoice_lines', 'zoho_invoice_id');
CREATE TRIGGER record_changes AFTER UPDATE ON invoices REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION note_changes('invoices', 'zoho_invoice_id');

-- Which item shows which picture. (reader)
CREATE TABLE item_images (
    org_id       text NOT NULL,
    zoho_item_id text NOT NULL,
    wanted_key   text NOT NULL,                                          -- image_document_id and image_name, as the product's row has them
    image_key    text,                                                   -- those for which Zoho was last asked; null: not asked yet
    digest       text,                                                   -- null: not fetched yet, refused, or Zoho has none
    error        text,                                                   -- why it was refused, or could not be fetched
    fetched_at   timestamptz,
    attempts     integer NOT NULL DEFAULT 0,                             -- failed attempts for wanted_key
    next_at      timestamptz NOT NULL DEFAULT '-infinity'::timestamptz,  -- until then another process has it, or it is not tried again
    PRIMARY KEY (org_id, zoho_item_id),
    FOREIGN KEY (digest) REFERENCES images(digest),
    FOREIGN KEY (org_id, zoho_item_id) REFERENCES products(org_id, zoho_item_id) ON DELETE CASCADE
);
CREATE INDEX item_images_lacking ON item_images (org_id, next_at, zoho_item_id) WHERE (image_key IS DISTINCT FROM wanted_key);
CREATE INDEX item_images_of_a_picture ON item_images (digest);

-- Many dead letters that were replayed or forgotten at once. The progress of a replay is read from the events and letters that name it.
CREATE TABLE letter_replays (
    id           bigint GENERATED ALWAYS AS IDENTITY,
    org_id       text NOT NULL,
    request      jsonb NOT NULL,                                  -- which letters: entity, source, reason, error, since, before
    started_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    found        bigint NOT NULL,                                 -- letters that fit; those that name no record cannot be replayed
    replayed     bigint NOT NULL,
    moved_on     bigint NOT NULL DEFAULT 0,                       -- letters that failed again, and that a later replay took
    action       text NOT NULL DEFAULT 'replay'::text,
    forgotten    bigint NOT NULL DEFAULT 0,                       -- letters that are deleted so far
    forgotten_to bigint NOT NULL DEFAULT 0,                       -- id of the last of them; the next batch begins after it
    ended_at     timestamptz,                                     -- of a forget; null: it goes on, with the next batch of any process
    cancelled    boolean NOT NULL DEFAULT false,                  -- a person ended it
    PRIMARY KEY (id),
    CHECK (action = ANY (ARRAY['replay'::text, 'forget'::text]))
);
CREATE INDEX letter_replays_ended ON letter_replays (ended_at) WHERE (ended_at IS NOT NULL);
CREATE INDEX letter_replays_forgetting ON letter_replays (id) WHERE ((action = 'forget'::text) AND (ended_at IS NULL));
CREATE INDEX letter_replays_newest ON letter_replays (org_id, id);

-- Paths that Zoho refused with a token fresh from its server: the consent lacks a scope, and no refresh can help.
CREATE TABLE missing_scopes (
    connection_id bigint NOT NULL,
    area          text NOT NULL,                                   -- product, version and resource, for example /inventory/v1/items
    token_version bigint NOT NULL,                                 -- the token that was refused
    since         timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (connection_id, area),
    FOREIGN KEY (connection_id) REFERENCES connections(id) ON DELETE CASCADE
);

-- The state parameter of a visit to Zoho's consent page: a callback is accepted once, in time, and only with a state from here. A consent to several organisations is kept the same way until one of them is chosen.
CREATE TABLE oauth_states (
    digest        bytea NOT NULL,        -- SHA-256 of the state: the table alone opens nothing
    org_id        text NOT NULL,
    connection_id bigint NOT NULL,
    client_id     text NOT NULL,         -- of the connection at that time
    redirect_uri  text NOT NULL,
    expires_at    timestamptz NOT NULL,
    region        text,                  -- from here on, of a consent that waits for the choice of an organisation; otherwise null
    accounts_url  text,
    refresh_token bytea,                 -- encrypted
    scopes        text,
    listed        text[],                -- the organisation ids to choose from
    PRIMARY KEY (digest),
    FOREIGN KEY (connection_id) REFERENCES connections(id) ON DELETE CASCADE,
    FOREIGN KEY (org_id) REFERENCES organisations(org_id) ON UPDATE CASCADE ON DELETE CASCADE
);

-- The organisations whose data is copied, their settings, and what Zoho last said of their limits.
CREATE TABLE organisations (
    org_id                text NOT NULL,                                   -- pending-<number> until the consent tells the real id, which is digits
    name                  text,
    is_default            boolean NOT NULL DEFAULT false,
    connection_id         bigint,
    awaiting_id           bigint,                                          -- a client that nobody has given consent to yet. With the consent it becomes the connection, or replaces it. Until then no call uses it, and a working connection goes on
    webhook_secret        bytea,                                           -- encrypted; several secrets in it are separated by commas
    kinds                 text[],                                          -- the kinds that are copied; null: all
    filters               jsonb,                                           -- which records of a kind: {"items": {"status": ["active"]}}
    books_missing_since   timestamptz,                                     -- when Zoho Books last refused the whole organisation; null: it has Books, or was not asked
    calls_per_minute      integer,                                         -- limits and timers of this organisation, up to timezone; null: as the settings say
    calls_per_day         integer,
    calls_in_flight       integer,
    pull_cron             text,
    full_cron             text,
    timezone              text,
    blocked_until         timestamptz,                                     -- no call is sent before this moment
    blocked_for           text,                                            -- because of this limit: minute or day
    day_limit             integer,                                         -- x-rate-limit-limit
    day_remaining         integer,                                         -- x-rate-limit-remaining
    day_resets_at         timestamptz,                                     -- time of the answer + x-rate-limit-reset
    day_counted           integer,                                         -- calls of the day up to day_counted_to: a call counts only those since, not the whole day again
    day_counted_from      timestamptz,                                     -- the beginning of the day
    day_counted_to        timestamptz,
    wanted_until          timestamptz,                                     -- a webhook's or a person's call is waiting: until then no pull or push takes a slot before it
    created_at            timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at            timestamptz NOT NULL DEFAULT clock_timestamp(),
    push                  jsonb NOT NULL DEFAULT '{}'::jsonb,              -- settings of push targets: uniqueField, the custom field of Books with own references, which takes no duplicates; uniqueFieldProved, the field of which a person saw that; customFields, its id by kind of document ({"salesorder": "460000000099001"}), as a plan learnt it; accountId, purchaseAccountId, inventoryAccountId, taxId and locationId, which items get that name none of their own
    desk_org_id           text,                                            -- the organisation's id in Zoho Desk, which has ids of its own; null: Desk is not called
    credits_remaining     integer,                                         -- X-API-CREDITS-REMAINING of Zoho CRM. CRM sends it only after half of the credits of 24 hours are used
    credits_at            timestamptz,                                     -- when CRM said so
    credits_blocked_until timestamptz,                                     -- no call is sent to CRM before this moment: its credits are used up. Other products go on
    pull_wanted_until     timestamptz,                                     -- a pull waits for a slot until about this moment, beside pushes
    push_wanted_until     timestamptz,                                     -- likewise a push, beside pulls
    meta_catalogue        text,                                            -- id of the organisation's product catalogue at Meta; null: Meta is not called
    meta_token            bytea,                                           -- token of a system user at Meta, encrypted with the master key
    meta_link             text,                                            -- address of a copied item's page, with {sku} or {id} in it; null: copied items have no page
    meta_blocked_until    timestamptz,                                     -- no call is sent to Meta before this moment: the catalogue's limit of calls is reached
    currency              text,                                            -- currency_code of GET /organizations, as the last check read it; null: no check yet, so no price is refused for its currency
    currency_decimals     integer,                                         -- price_precision of the same answer
    books_refused         jsonb NOT NULL DEFAULT '{}'::jsonb,              -- lists and push targets of Zoho Books that the connection lacks a scope for, with the time of the newest refusal: {"/books/v3/bills": "2026-01-31T10:11:12+00:00", "books-invoices": "2026-01-31T10:11:12+00:00"}
    checked_at            timestamptz,                                     -- when the connection was last checked
    check_report          jsonb,                                           -- what that check found, as POST /api/zoho/check answers it
    registering_until     timestamptz,                                     -- lease of the process that registers webhooks in Zoho; null: none does
    PRIMARY KEY (org_id),
    FOREIGN KEY (awaiting_id) REFERENCES connections(id),
    FOREIGN KEY (connection_id) REFERENCES connections(id),
    CHECK (calls_in_flight > 0),
    CHECK (calls_per_day > 0),
    CHECK (calls_per_minute > 0)
);
CREATE UNIQUE INDEX organisations_name ON organisations (name);
CREATE UNIQUE INDEX organisations_one_default ON organisations (is_default) WHERE is_default;

-- Changes that runs found, of organisations that receive webhooks: those that no webhook reported show that one is missing.
CREATE TABLE poll_findings (
    org_id      text NOT NULL,
    entity      text NOT NULL,
    zoho_id     text NOT NULL,
    modified_at timestamptz NOT NULL,
    found_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    run_id      bigint NOT NULL,
    PRIMARY KEY (org_id, entity, zoho_id, modified_at)
);
CREATE INDEX poll_findings_found ON poll_findings (org_id, found_at);

-- (reader)
CREATE TABLE price_lists (
    id                bigint GENERATED ALWAYS AS IDENTITY,
    org_id            text NOT NULL,
    zoho_pricebook_id text,
    name              text,
    currency          text,
    pricebook_type    text,                                            -- fixed_percentage or per_item
    percentage        numeric,
    is_increase       boolean,
    sales_or_purchase text,
    is_active         boolean,
    is_default        boolean NOT NULL DEFAULT false,
    source            jsonb,                                           -- the record as Zoho sent it, the keys of all answers merged
    shapes            jsonb NOT NULL DEFAULT '{}'::jsonb,              -- the keys of source that each shape of answer lacked when it last came (function merged)
    zoho_created_at   timestamptz,
    zoho_modified_at  timestamptz,
    requested_at      timestamptz,                                     -- when the request that brought this version was sent
    created_at        timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at        timestamptz NOT NULL DEFAULT clock_timestamp(),  -- moves only when a column changes
    deleted_at        timestamptz,                                     -- null while Zoho has the record
    PRIMARY KEY (id),
    UNIQUE (org_id, zoho_pricebook_id),
    CHECK (percentage > '-Infinity'::numeric AND percentage < 'Infinity'::numeric)
);
CREATE UNIQUE INDEX price_lists_default ON price_lists (org_id) WHERE is_default;
CREATE TRIGGER default_list_stays AFTER DELETE ON price_lists REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION default_list_stays();
CREATE TRIGGER prices_follow_list AFTER INSERT OR UPDATE OF source, deleted_at, percentage, is_increase, currency, name ON price_lists FOR EACH ROW EXECUTE FUNCTION prices_follow_list();
CREATE TRIGGER record_changes AFTER UPDATE ON price_lists REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION note_changes('price-lists', 'zoho_pricebook_id');

-- The settings saddlebag.prices, written at each start by afterMigrate__prices.sql.
CREATE TABLE price_settings (
    only_row         boolean NOT NULL DEFAULT true,
    default_list     text NOT NULL,
    default_currency text,
    PRIMARY KEY (only_row),
    CHECK (only_row)
);
CREATE INDEX price_settings_whole ON price_settings (only_row) INCLUDE (default_list, default_currency);

-- The tiers of a price that depends on the quantity. The price itself is that of the first tier. (reader)
CREATE TABLE product_price_brackets (
    price_id       bigint NOT NULL,
    start_quantity numeric NOT NULL,
    end_quantity   numeric,           -- null: no upper bound
    price          numeric NOT NULL,
    PRIMARY KEY (price_id, start_quantity),
    FOREIGN KEY (price_id) REFERENCES product_prices(id) ON DELETE CASCADE
);

-- Prices of items in price lists. Every active product with a price above 0 has one in the default list. Price lists of Zoho are matched by their Zoho id; one with the default list's name replaces the default list that was made here. (reader)
CREATE TABLE product_prices (
    id                bigint GENERATED ALWAYS AS IDENTITY,
    org_id            text NOT NULL,
    zoho_item_id      text,                                            -- null: a product made here
    zoho_pricebook_id text,                                            -- null: the default list, made here
    price             numeric NOT NULL,
    currency          text,
    origin            text NOT NULL,
    product_id        bigint,                                          -- null: Zoho prices an item that is not here. Such a price outlasts the item's row, and belongs to it again when it comes back
    list_id           bigint NOT NULL,
    default_price     numeric,                                         -- the product's price that was copied here: equal to price until somebody sets another
    source            jsonb,
    zoho_created_at   timestamptz,
    zoho_modified_at  timestamptz,
    created_at        timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at        timestamptz NOT NULL DEFAULT clock_timestamp(),
    deleted_at        timestamptz,
    PRIMARY KEY (id),
    UNIQUE (list_id, product_id),
    UNIQUE (org_id, zoho_item_id, zoho_pricebook_id),
    FOREIGN KEY (list_id) REFERENCES price_lists(id) ON DELETE CASCADE,
    FOREIGN KEY (product_id) REFERENCES products(id) ON DELETE SET NULL,
    CHECK (price > '-Infinity'::numeric AND price < 'Infinity'::numeric),
    CHECK (origin = ANY (ARRAY['zoho'::text, 'default'::text]))
);
CREATE INDEX product_prices_of_a_product ON product_prices (product_id);
CREATE TRIGGER default_prices_stay_when_changed AFTER UPDATE ON product_prices REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION default_prices_stay();
CREATE TRIGGER default_prices_stay_when_deleted AFTER DELETE ON product_prices REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION default_prices_stay();
CREATE TRIGGER record_changes AFTER UPDATE ON product_prices REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION note_changes('product-prices', 'id');

-- Stock per location, as of the last answer that brought it. (reader)
CREATE TABLE product_stock (
    org_id                 text NOT NULL,
    zoho_item_id           text NOT NULL,
    location_id            text NOT NULL,
    location_name          text,
    stock_on_hand          numeric,
    available_stock        numeric,
    actual_available_stock numeric,
    created_at             timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at             timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (org_id, zoho_item_id, location_id),
    FOREIGN KEY (org_id, zoho_item_id) REFERENCES products(org_id, zoho_item_id) ON DELETE CASCADE,
    CHECK (actual_available_stock > '-Infinity'::numeric AND actual_available_stock < 'Infinity'::numeric),
    CHECK (available_stock > '-Infinity'::numeric AND available_stock < 'Infinity'::numeric),
    CHECK (stock_on_hand > '-Infinity'::numeric AND stock_on_hand < 'Infinity'::numeric)
);

-- Items of Zoho Inventory. (reader)
CREATE TABLE products (
    id               bigint GENERATED ALWAYS AS IDENTITY,
    org_id           text NOT NULL,
    zoho_item_id     text,
    name             text,
    sku              text,                                            -- null when empty; Zoho allows duplicates
    description      text,
    price            numeric,
    purchase_price   numeric,
    stock_quantity   numeric,                                         -- null for services
    is_active        boolean,
    unit             text,
    brand            text,
    category         text,
    item_type        text,
    image_name       text,
    source           jsonb,                                           -- the record as Zoho sent it, the keys of all answers merged
    shapes           jsonb NOT NULL DEFAULT '{}'::jsonb,              -- the keys of source that each shape of answer lacked when it last came (function merged)
    zoho_created_at  timestamptz,
    zoho_modified_at timestamptz,
    requested_at     timestamptz,                                     -- when the request that brought this version was sent
    created_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at       timestamptz NOT NULL DEFAULT clock_timestamp(),  -- moves only when a column changes
    deleted_at       timestamptz,                                     -- null while Zoho has the record
    made_here        boolean NOT NULL DEFAULT false,                  -- the row began without a Zoho id; kept when the id arrives
    PRIMARY KEY (id),
    UNIQUE (org_id, zoho_item_id),
    CHECK (price > '-Infinity'::numeric AND price < 'Infinity'::numeric),
    CHECK (purchase_price > '-Infinity'::numeric AND purchase_price < 'Infinity'::numeric),
    CHECK (stock_quantity > '-Infinity'::numeric AND stock_quantity < 'Infinity'::numeric)
);
CREATE TRIGGER default_prices_leave AFTER DELETE ON products FOR EACH STATEMENT EXECUTE FUNCTION default_prices_leave();
CREATE TRIGGER images_follow_new_products AFTER INSERT ON products REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION images_follow_products();
CREATE TRIGGER images_follow_products AFTER UPDATE ON products REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION images_follow_products();
CREATE TRIGGER made_here BEFORE INSERT ON products FOR EACH ROW WHEN ((new.zoho_item_id IS NULL)) EXECUTE FUNCTION note_made_here();
CREATE TRIGGER made_here_stays BEFORE UPDATE ON products FOR EACH ROW WHEN ((old.made_here AND (NOT new.made_here))) EXECUTE FUNCTION note_made_here();
CREATE TRIGGER prices_follow_new_products AFTER INSERT ON products REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION prices_follow_products();
CREATE TRIGGER prices_follow_products AFTER UPDATE ON products REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION prices_follow_products();
CREATE TRIGGER record_changes AFTER UPDATE ON products REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION note_changes('items', 'zoho_item_id');

-- The database that writes to Zoho. Elsewhere its copies find another address or server, and write nothing until a person confirms them.
CREATE TABLE push_guard (
    only_row          boolean NOT NULL DEFAULT true,
    address           text NOT NULL,                                   -- host, port and name of DATABASE_URL, or the folder of the embedded server
    system_identifier text NOT NULL,                                   -- of the server, as initdb made it; hidden: the role of DATABASE_URL may not read it
    confirmed_by      text NOT NULL,                                   -- who confirmed it; the first start confirms itself
    confirmed_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (only_row),
    CHECK (only_row)
);

-- Batches that were accepted and have no result yet. A batch leaves the table with its result.
CREATE TABLE push_handles (
    org_id        text NOT NULL,
    target        text NOT NULL,
    handle        text NOT NULL,
    claim         bigint NOT NULL,                                                          -- the claim under which its records were sent, as in push_state
    accepted_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    checks        integer NOT NULL DEFAULT 0,
    next_at       timestamptz NOT NULL DEFAULT (clock_timestamp() + '00:00:10'::interval),  -- when the result is asked for next: after 10 s, 30 s, 2 min, 10 min, then every hour
    claimed_until timestamptz,                                                              -- until then one process asks for the result
    error         text,                                                                     -- why the last question had no answer
    PRIMARY KEY (org_id, target, handle, claim)
);
CREATE INDEX push_handles_due ON push_handles (next_at);

-- Every attempt to write a record to Zoho, and every decision about one; kept for saddlebag.push.keep-log.
CREATE TABLE push_log (
    id         bigint GENERATED ALWAYS AS IDENTITY,
    org_id     text NOT NULL,
    target     text NOT NULL,
    record_key text NOT NULL,
    run_id     bigint,                                          -- null: a person pushed this record alone
    call_id    bigint,
    claim      bigint,
    at         timestamptz NOT NULL DEFAULT clock_timestamp(),
    action     text NOT NULL,                                   -- create, update, activate, deactivate, delete, find, refuse, hold, release, adopt, forget, ...
    outcome    text,                                            -- ok, failed, refused, unknown, unsent, held, accepted, ...; null: the call is under way, or its process ended
    changes    jsonb,                                           -- {"Unit_Price": {"before": 899, "after": 999}}: before as Zoho last confirmed it
    error_code text,
    error_text text,
    PRIMARY KEY (id)
);
CREATE INDEX push_log_by_age ON push_log (at);
CREATE INDEX push_log_of_a_record ON push_log (org_id, target, record_key, at);
CREATE INDEX push_log_of_a_run ON push_log (run_id, record_key);

-- Rows of a push target whose records a plan or a verification reads from Zoho; emptied when the run has written its report.
CREATE TABLE push_reads (
    run_id       bigint NOT NULL,
    record_key   text NOT NULL,
    external_key text,
    zoho_id      text,
    body         jsonb,                               -- what is compared with Zoho: in a plan the body of the row, in a verification the body that Zoho confirmed
    judged       jsonb NOT NULL DEFAULT '{}'::jsonb,  -- in a plan: what a run would do with the row, as push_judged says
    asked        boolean NOT NULL DEFAULT false,      -- whether Zoho was asked for the record
    records      jsonb NOT NULL DEFAULT '{}'::jsonb,  -- the records of Zoho that have the external key, by their ids
    PRIMARY KEY (run_id, record_key),
    FOREIGN KEY (run_id) REFERENCES sync_runs(id) ON DELETE CASCADE
);

-- One row for each record of a push target: what Zoho confirmed, and what became of the last attempt.
CREATE TABLE push_state (
    org_id             text NOT NULL,
    target             text NOT NULL,
    record_key         text NOT NULL,                                   -- the key of the record here; it never changes
    external_key       text,                                            -- the key under which Zoho knows the record, such as a SKU, as Zoho confirmed it
    zoho_id            text,                                            -- Zoho's id; no failure empties it
    status             text NOT NULL,                                   -- ok: Zoho confirmed the body; failed: Zoho refused it, or a passing failure (next_at is set); refused: the row has a hole, nothing was sent; waiting: what it needs is not there yet, or it was not sent yet; unknown: Zoho may or may not have carried it out; held: a person decides; accepted: taken, the result comes later; gone: no longer wanted
    active             boolean,                                         -- as Zoho confirmed it, where the status is a call of its own
    sent               jsonb,                                           -- the last body that Zoho confirmed: what "changed" compares with, by value
    sent_at            timestamptz,
    sent_mapping       text,                                            -- digest of the declaration and the SQL file that made it
    trying             jsonb,                                           -- the body of the last attempt, committed before the call leaves; or the body that was refused or is held
    tried_at           timestamptz,
    attempt            jsonb,                                           -- of the last attempt: op, active, externalKey, total, mapping, and before, the status to go back to when the call was surely not carried out
    claim              bigint,                                          -- number of the claim under which the last attempt was made; an outcome of an older claim changes nothing
    claimed_until      timestamptz,                                     -- until then one process has the row in hand; null: none has
    run_id             bigint,
    call_id            bigint,
    attempts           integer NOT NULL DEFAULT 0,                      -- attempts since the last success
    next_at            timestamptz,                                     -- of a passing failure: when it is tried again; null: not before the body, the mapping or a person changes it
    error_code         text,
    error_key          text,                                            -- the key of the body that Zoho complains of
    error_text         text,
    other_zoho_id      text,                                            -- the record in Zoho that already has this key; adopt ties the row to it
    rate_limit_hits    integer NOT NULL DEFAULT 0,
    last_rate_limit_at timestamptz,
    zoho_modified_at   timestamptz,
    handle             text,                                            -- of an accepted row: by which its result is asked for
    checked_at         timestamptz,                                     -- when Zoho was last asked for the record
    created_at         timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at         timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (org_id, target, record_key),
    CHECK (status = ANY (ARRAY['ok'::text, 'failed'::text, 'refused'::text, 'waiting'::text, 'unknown'::text, 'held'::text, 'accepted'::text, 'gone'::text]))
);
CREATE INDEX push_state_by_status ON push_state (org_id, target, status, record_key) INCLUDE (error_code, next_at, tried_at);
CREATE INDEX push_state_by_zoho_id ON push_state (org_id, target, zoho_id) WHERE (zoho_id IS NOT NULL);
CREATE INDEX push_state_due_again ON push_state (org_id, target, next_at) WHERE (next_at IS NOT NULL);
CREATE INDEX push_state_of_a_run ON push_state (run_id);
CREATE INDEX push_state_to_settle ON push_state (org_id, target, tried_at) WHERE (status = ANY (ARRAY['unknown'::text, 'accepted'::text]));

-- Whether a push target of an organisation may write to Zoho.
CREATE TABLE push_targets (
    org_id      text NOT NULL,
    target      text NOT NULL,
    state       text NOT NULL DEFAULT 'off'::text,               -- off: writes nothing; planned: a plan was made, and the target writes nothing yet; on: writes what changed
    mapping     text,                                            -- digest of the declaration and the SQL file that the last plan was made with
    planned_run bigint,                                          -- the run that made the last plan; its report shows the plan
    released_by text,                                            -- who switched the target on or off last
    released_at timestamptz,
    checked_at  timestamptz,
    check_error text,                                            -- why Zoho cannot take this target at present; null: the last check found nothing, or there was none
    never       bigint,                                          -- rows that were never sent, as the last run counted them
    oldest_due  timestamptz,                                     -- since when the oldest row that is due has waited, as the last run counted
    counted_at  timestamptz,
    updated_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    check_note  text,                                            -- what the last check could not find out, and a person is asked to look at; null: nothing
    PRIMARY KEY (org_id, target),
    CHECK (state = ANY (ARRAY['off'::text, 'planned'::text, 'on'::text]))
);

-- Each change of a tracked column of a record: the answer to "which call wrote this price?". (reader)
CREATE TABLE record_changes (
    id          bigint GENERATED ALWAYS AS IDENTITY,
    org_id      text NOT NULL,
    entity      text NOT NULL,
    zoho_id     text NOT NULL,
    changed_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    column_name text NOT NULL,
    before      jsonb,                                           -- of the column's own type: 9.5, "Lantern", true; null when the column was empty
    after       jsonb,
    source      text NOT NULL,                                   -- pull, webhook, api (one record, by a person), remap; sql: a statement from outside
    run_id      bigint,
    call_id     bigint,                                          -- of zoho_calls: the call whose answer brought the change
    PRIMARY KEY (id)
);
CREATE INDEX record_changes_of_record ON record_changes (org_id, entity, zoho_id);
CREATE INDEX record_changes_of_run ON record_changes (run_id, entity, zoho_id) WHERE (run_id IS NOT NULL);

-- Records of kinds that have no table of their own, as JSON, with a partition for each kind. Statements that work on the table of a kind and the column of its Zoho id work on a partition as it is. (reader)
CREATE TABLE records (
    org_id           text NOT NULL,
    entity           text NOT NULL,
    zoho_id          text NOT NULL,
    source           jsonb,                                           -- the record as Zoho sent it, the keys of all answers merged
    shapes           jsonb NOT NULL DEFAULT '{}'::jsonb,              -- the keys of source that each shape of answer lacked when it last came (function merged)
    zoho_created_at  timestamptz,
    zoho_modified_at timestamptz,
    requested_at     timestamptz,                                     -- when the request that brought this version was sent
    created_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at       timestamptz NOT NULL DEFAULT clock_timestamp(),  -- moves only when a column changes
    deleted_at       timestamptz,                                     -- null while Zoho has the record
    UNIQUE (org_id, zoho_id, entity)
) PARTITION BY LIST (entity);
CREATE TRIGGER record_changes AFTER UPDATE ON records REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION note_changes('', 'zoho_id');

-- Connections that were replaced, without their secrets.
CREATE TABLE replaced_connections (
    id            bigint GENERATED ALWAYS AS IDENTITY,
    connection_id bigint NOT NULL,
    region        text NOT NULL,
    client_id     text NOT NULL,
    scopes        text,
    connected_at  timestamptz NOT NULL,
    replaced_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    replaced_by   text NOT NULL,                                   -- settings, browser or api
    PRIMARY KEY (id)
);

-- The records that a run created. What a run changed is in record_changes.
CREATE TABLE run_created (
    run_id  bigint NOT NULL,
    zoho_id text NOT NULL,
    PRIMARY KEY (run_id, zoho_id),
    FOREIGN KEY (run_id) REFERENCES sync_runs(id) ON DELETE CASCADE
);

-- When a run stored a page, and when it began to wait, in order of time. A trigger of sync_runs writes the rows.
CREATE TABLE run_steps (
    run_id        bigint NOT NULL,
    at            timestamptz NOT NULL DEFAULT clock_timestamp(),
    page          bigint,                                          -- its place in the run; of a push a batch. null: the run began to wait
    records       bigint,                                          -- that the page had; of a push, that Zoho confirmed
    waiting_until timestamptz,
    waiting_for   text,                                            -- as sync_runs.waiting_for
    PRIMARY KEY (run_id, at),
    FOREIGN KEY (run_id) REFERENCES sync_runs(id) ON DELETE CASCADE,
    CHECK ((page IS NULL) <> (waiting_until IS NULL))
);

-- Full runs of the schedule that found another run of their kind. Each starts when that run has ended.
CREATE TABLE scheduled_runs (
    org    text NOT NULL,
    entity text NOT NULL,
    since  timestamptz NOT NULL DEFAULT clock_timestamp(),  -- when the timer fired first
    PRIMARY KEY (org, entity)
);

-- Members of staff and their roles, beside admin, whose password is in the settings.
CREATE TABLE staff (
    name            text NOT NULL,
    role            text NOT NULL,                                   -- viewer reads; operator also starts, replays and releases; admin also connects, edits organisations and staff
    password        text NOT NULL,                                   -- a hash, with the name of its method before it
    password_set_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    disabled_at     timestamptz,                                     -- null: the user may log in
    created_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    created_by      text NOT NULL,
    PRIMARY KEY (name),
    CHECK (name ~ '^[a-z0-9][a-z0-9._@+-]{0,63}$'::text AND (name <> ALL (ARRAY['admin'::text, 'scheduler'::text, 'settings'::text]))),
    CHECK (password ~~ '{bcrypt}%'::text),
    CHECK (role = ANY (ARRAY['viewer'::text, 'operator'::text, 'admin'::text]))
);

-- The browsers that are logged in, for all replicas.
CREATE TABLE staff_sessions (
    id         bytea NOT NULL,                                  -- digest of the cookie and of the password of admin: whoever reads this table cannot use a session, and a new password of admin ends all
    name       text NOT NULL,
    role       text,                                            -- of a user who has no row in staff: admin, and whoever logged in by OpenID Connect; null: staff has the role
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    seen_at    timestamptz NOT NULL DEFAULT clock_timestamp(),  -- of the last act of a person, to the minute
    PRIMARY KEY (id),
    CHECK (role = ANY (ARRAY['viewer'::text, 'operator'::text, 'admin'::text]))
);
CREATE INDEX staff_sessions_name ON staff_sessions (name, created_at);

-- (reader)
CREATE TABLE stock_adjustment_lines (
    org_id             text NOT NULL,
    zoho_adjustment_id text NOT NULL,
    zoho_line_id       text NOT NULL,
    "position"         integer NOT NULL,
    zoho_item_id       text,
    name               text,
    sku                text,
    description        text,
    quantity_adjusted  numeric,
    value_adjusted     numeric,
    unit               text,
    item_total         numeric,
    account_id         text,
    location_id        text,
    source             jsonb NOT NULL,
    created_at         timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at         timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (org_id, zoho_adjustment_id, zoho_line_id),
    FOREIGN KEY (org_id, zoho_adjustment_id) REFERENCES stock_adjustments(org_id, zoho_adjustment_id) ON DELETE CASCADE,
    CHECK (item_total > '-Infinity'::numeric AND item_total < 'Infinity'::numeric),
    CHECK (quantity_adjusted > '-Infinity'::numeric AND quantity_adjusted < 'Infinity'::numeric),
    CHECK (value_adjusted > '-Infinity'::numeric AND value_adjusted < 'Infinity'::numeric)
);
CREATE INDEX stock_adjustment_lines_of_an_item ON stock_adjustment_lines (org_id, zoho_item_id);
CREATE TRIGGER lines_move_stock AFTER INSERT OR DELETE OR UPDATE ON stock_adjustment_lines FOR EACH ROW EXECUTE FUNCTION lines_move_stock();

-- (reader)
CREATE TABLE stock_adjustments (
    id                 bigint GENERATED ALWAYS AS IDENTITY,
    org_id             text NOT NULL,
    zoho_adjustment_id text,
    adjustment_date    date,
    reason             text,
    adjustment_type    text,                                            -- quantity or value
    status             text,
    reference_number   text,
    total              numeric,                                         -- adjustments have no last_modified_time: in a list, a change of the lines shows only here
    source             jsonb,                                           -- the record as Zoho sent it, the keys of all answers merged
    shapes             jsonb NOT NULL DEFAULT '{}'::jsonb,              -- the keys of source that each shape of answer lacked when it last came (function merged)
    detailed           boolean NOT NULL DEFAULT false,                  -- whether the lines of this version are stored
    zoho_created_at    timestamptz,
    zoho_modified_at   timestamptz,
    requested_at       timestamptz,                                     -- when the request that brought this version was sent
    created_at         timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at         timestamptz NOT NULL DEFAULT clock_timestamp(),  -- moves only when a column changes
    deleted_at         timestamptz,                                     -- null while Zoho has the record
    PRIMARY KEY (id),
    UNIQUE (org_id, zoho_adjustment_id),
    CHECK (total > '-Infinity'::numeric AND total < 'Infinity'::numeric)
);
CREATE INDEX stock_adjustments_org_id_zoho_modified_at_length_zoho_adjus_idx ON stock_adjustments (org_id, zoho_modified_at DESC NULLS LAST, length(zoho_adjustment_id) DESC, zoho_adjustment_id DESC) WHERE ((NOT detailed) AND (deleted_at IS NULL));
CREATE TRIGGER parents_move_stock AFTER UPDATE OF status, deleted_at ON stock_adjustments FOR EACH ROW WHEN (((old.status IS DISTINCT FROM new.status) OR ((old.deleted_at IS NULL) IS DISTINCT FROM (new.deleted_at IS NULL)))) EXECUTE FUNCTION parents_move_stock('stock_adjustment_lines', 'zoho_adjustment_id');
CREATE TRIGGER record_changes AFTER UPDATE ON stock_adjustments REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION note_changes('stock-adjustments', 'zoho_adjustment_id');

-- Items to be requested again, each once however often it is named.
CREATE TABLE stock_queue (
    org_id        text NOT NULL,
    zoho_item_id  text NOT NULL,
    queued_at     timestamptz NOT NULL DEFAULT clock_timestamp(),         -- when it was last named
    claimed_until timestamptz NOT NULL DEFAULT '-infinity'::timestamptz,
    refused       integer NOT NULL DEFAULT 0,                             -- how often a call for several items failed; then it is requested alone
    PRIMARY KEY (org_id, zoho_item_id)
);

-- Records that a complete full run did not meet. A row is marked deleted only after Zoho confirmed it for that record.
CREATE TABLE sync_deletes (
    run_id       bigint NOT NULL,                         -- the full run that did not meet the record
    zoho_id      text NOT NULL,
    state        text NOT NULL DEFAULT 'proposed'::text,
    reason       text,                                    -- why it is held
    details_at   timestamptz,                             -- when it was requested together with others
    requested_at timestamptz NOT NULL,                    -- when the run began; of a "gone" one, when the confirming call was sent
    decided_at   timestamptz,
    decided_run  bigint,                                  -- the run that confirmed it, which may be a later one
    PRIMARY KEY (run_id, zoho_id),
    FOREIGN KEY (run_id) REFERENCES sync_runs(id) ON DELETE CASCADE,
    CHECK (state = ANY (ARRAY['proposed'::text, 'held'::text, 'living'::text, 'gone'::text, 'refused'::text, 'restored'::text]))
);
CREATE INDEX sync_deletes_held ON sync_deletes (run_id) WHERE (state = 'held'::text);
CREATE INDEX sync_deletes_of_a_record ON sync_deletes (zoho_id);
CREATE INDEX sync_deletes_of_a_run ON sync_deletes (decided_run);
CREATE INDEX sync_deletes_to_ask ON sync_deletes (run_id, zoho_id) WHERE (state = 'proposed'::text);

-- The ids on each page of a full, verify or dry run, rejected records included: what no page showed, Zoho may no longer have.
CREATE TABLE sync_pages (
    run_id       bigint NOT NULL,
    page         bigint NOT NULL,       -- its place in the run
    ids          text[] NOT NULL,
    requested_at timestamptz NOT NULL,
    PRIMARY KEY (run_id, page),
    FOREIGN KEY (run_id) REFERENCES sync_runs(id) ON DELETE CASCADE
);

-- What a dry run would do, or a verification found, record by record; the first saddlebag.report-records of a run.
CREATE TABLE sync_reports (
    id         bigint GENERATED ALWAYS AS IDENTITY,
    run_id     bigint NOT NULL,
    zoho_id    text,                                 -- null: the record has no usable id
    what       text NOT NULL,
    changes    jsonb,                                -- {"price": {"before": 9.5, "after": 12}}; of a key that only source has {"source.cf_color": ...}
    error      text,
    record_key text,                                 -- of a push target: the key of the record here
    PRIMARY KEY (id),
    UNIQUE (run_id, zoho_id),
    FOREIGN KEY (run_id) REFERENCES sync_runs(id) ON DELETE CASCADE,
    CHECK (what = ANY (ARRAY['created'::text, 'updated'::text, 'deleted'::text, 'rejected'::text, 'surplus'::text, 'unchanged'::text, 'refused'::text, 'waiting'::text, 'conflict'::text, 'missing'::text, 'differing'::text]))
);
CREATE INDEX sync_reports_of_a_record ON sync_reports (run_id, record_key) WHERE (record_key IS NOT NULL);

-- Runs. The columns up to error are what GET /api/sync/runs/{id} shows. From epoch on: what a run needs to be resumed.
CREATE TABLE sync_runs (
    id              bigint GENERATED ALWAYS AS IDENTITY,
    org             text NOT NULL,
    entity          text NOT NULL,
    mode            text NOT NULL,
    trigger         text NOT NULL,
    status          text NOT NULL DEFAULT 'running'::text,
    waiting_until   timestamptz,
    waiting_for     text,
    waiting_since   timestamptz,                                     -- the first of several waits between which the run made no progress
    dry_run         boolean NOT NULL DEFAULT false,
    started_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    finished_at     timestamptz,
    pages           bigint NOT NULL DEFAULT 0,
    calls           bigint NOT NULL DEFAULT 0,
    seen            bigint NOT NULL DEFAULT 0,
    created         bigint NOT NULL DEFAULT 0,
    updated         bigint NOT NULL DEFAULT 0,
    unchanged       bigint NOT NULL DEFAULT 0,
    deleted         bigint NOT NULL DEFAULT 0,
    rejected        bigint NOT NULL DEFAULT 0,
    left_out        bigint NOT NULL DEFAULT 0,                       -- records outside the organisation's filter that were not stored
    kept            bigint NOT NULL DEFAULT 0,                       -- records outside the filter that were stored, because they have a row
    unannounced     bigint NOT NULL DEFAULT 0,                       -- differing records whose last_modified_time is before the watermark
    summary         text,                                            -- what a verification or a dry run found, in one line
    found           jsonb,                                           -- the same in figures
    error           text,
    epoch           integer NOT NULL DEFAULT 1,                      -- the process that takes a run over raises it; writes of an older epoch fail
    heartbeat_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    cursor          jsonb,                                           -- the last committed page
    watermark       timestamptz,                                     -- becomes the watermark of the kind when the run completes
    unproved        text,                                            -- why the run stopped reading before it had met all records of the list; null: it met them all. Such a run ends partial, its watermark stays, and it proposes no deletes
    resumed_from    bigint,
    request         jsonb,                                           -- of a run of a push target: what was asked for: force, limit, status, keys, columns, repair, release, revert
    failed          bigint NOT NULL DEFAULT 0,                       -- from here on, of a run of a push target: rows that Zoho refused or that met a passing failure
    unknown         bigint NOT NULL DEFAULT 0,
    waiting         bigint NOT NULL DEFAULT 0,
    held            bigint NOT NULL DEFAULT 0,
    rate_limit_hits bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (id),
    FOREIGN KEY (resumed_from) REFERENCES sync_runs(id) ON DELETE SET NULL,
    CHECK (mode = ANY (ARRAY['incremental'::text, 'full'::text, 'verify'::text, 'remap'::text, 'deletes'::text, 'push'::text])),
    CHECK (status = ANY (ARRAY['running'::text, 'succeeded'::text, 'partial'::text, 'failed'::text, 'cancelled'::text, 'abandoned'::text])),
    CHECK (trigger = ANY (ARRAY['timer'::text, 'api'::text, 'staff'::text, 'start'::text, 'resume'::text]))
);
CREATE INDEX sync_runs_abandoned ON sync_runs (heartbeat_at) WHERE (status = 'abandoned'::text);
CREATE INDEX sync_runs_carried_on ON sync_runs (resumed_from) WHERE (resumed_from IS NOT NULL);
CREATE INDEX sync_runs_finished ON sync_runs (finished_at);
CREATE INDEX sync_runs_newest ON sync_runs (org, entity, mode, id DESC);
CREATE INDEX sync_runs_of_kind ON sync_runs (org, entity, started_at DESC);
CREATE UNIQUE INDEX sync_runs_one_at_a_time ON sync_runs (org, entity) WHERE (status = 'running'::text);
CREATE INDEX sync_runs_verified ON sync_runs (org, entity, id DESC) WHERE (found IS NOT NULL);
CREATE TRIGGER run_steps AFTER UPDATE OF pages, waiting_until ON sync_runs FOR EACH ROW WHEN (((new.pages > old.pages) OR (new.waiting_until IS NOT NULL))) EXECUTE FUNCTION note_run_step();

-- Where the next incremental run starts, and how many records Zoho is expected to list.
CREATE TABLE sync_watermarks (
    org        text NOT NULL,
    entity     text NOT NULL,
    watermark  timestamptz NOT NULL,
    records    bigint NOT NULL,
    run_id     bigint NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (org, entity),
    FOREIGN KEY (run_id) REFERENCES sync_runs(id)
);

CREATE TABLE timer_replicas (
    sched_name    text NOT NULL,
    instance      text NOT NULL,
    started_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    timers        jsonb NOT NULL,
    version       text,                                            -- of Saddlebag; null until the replica has said it
    stopped       text[] NOT NULL DEFAULT '{}'::text[],            -- routes of the replica that do not run
    refused       text[] NOT NULL DEFAULT '{}'::text[],            -- edited files that the replica does not use, each with line and reason
    open_circuits text[] NOT NULL DEFAULT '{}'::text[],            -- organisations whose calls the replica holds back, because Zoho fails; with Meta behind the id, because Meta fails
    login_trouble text,                                            -- the problem that a recent login of the replica had with the provider; null: there was none
    waiting_calls jsonb NOT NULL DEFAULT '{}'::jsonb,              -- of each organisation the call of the replica that has waited longest, if that is more than a minute: purpose, since, for
    PRIMARY KEY (sched_name, instance)
);

-- Each request for an access token: Zoho gives 10 in 10 minutes and blocks clients that ask for more.
CREATE TABLE token_requests (
    id            bigint GENERATED ALWAYS AS IDENTITY,
    connection_id bigint NOT NULL,
    at            timestamptz NOT NULL,
    outcome       text,                                 -- ok, or Zoho's error; null: no answer yet
    PRIMARY KEY (id),
    FOREIGN KEY (connection_id) REFERENCES connections(id) ON DELETE CASCADE
);
CREATE INDEX token_requests_recent ON token_requests (connection_id, at);

-- Webhooks by outcome and hour. A request that was refused before its signature was verified belongs to organisation ''.
CREATE TABLE webhook_counts (
    org_id text NOT NULL,
    entity text NOT NULL,
    event  text NOT NULL,
    result text NOT NULL,         -- accepted, duplicate, done, dead, ignored, refused-...
    hour   timestamptz NOT NULL,
    count  bigint NOT NULL,
    PRIMARY KEY (org_id, entity, event, result, hour)
);

-- The inbox: each webhook is stored before it is answered, together with what became of it. For the application alone, not for readers.
CREATE TABLE webhook_events (
    id            bigint GENERATED ALWAYS AS IDENTITY,             -- the order of arrival
    org_id        text NOT NULL,
    event_id      text NOT NULL,                                   -- the digest; of a hint that came again, the digest with a random suffix
    digest        text NOT NULL,                                   -- of organisation, kind, event, record, last_modified_time and body
    entity        text NOT NULL,
    event         text NOT NULL,
    zoho_id       text NOT NULL,
    modified      timestamptz,                                     -- last_modified_time of the payload; null: the event is only a hint
    complete      boolean NOT NULL,                                -- the payload has all that the kind's sink needs; otherwise the record is fetched
    payload       text NOT NULL,
    status        text NOT NULL DEFAULT 'pending'::text,
    claimed_until timestamptz,
    attempts      integer NOT NULL DEFAULT 0,
    alone         boolean NOT NULL DEFAULT false,                  -- an answer for several records left this one out: it is fetched by its own id
    due_at        timestamptz NOT NULL DEFAULT clock_timestamp(),
    received_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    told_at       timestamptz NOT NULL DEFAULT clock_timestamp(),  -- when the same hint last came. It then speaks of what happened since: an answer requested before that does not settle it
    processed_at  timestamptz,
    error         text,
    hint          text,                                            -- the digest, of a hint whose work has not begun. An event loses its hint for good when it is claimed: what comes after is news
    fetched_at    timestamptz,                                     -- when the request was sent whose answer settled the event. Anybody can capture a hint and send it again, as often as they like. When a record was fetched three times within a minute, its next fetch waits until the first of these is a minute old, and answers all hints that came until then
    replay_id     bigint,                                          -- the newest replay of many dead letters that it was part of
    hurried_at    timestamptz,                                     -- when news of the record last made the event due, after it had failed
    PRIMARY KEY (org_id, event_id),
    UNIQUE (id),
    CHECK (event = ANY (ARRAY['created'::text, 'updated'::text, 'deleted'::text])),
    CHECK (status = ANY (ARRAY['pending'::text, 'done'::text, 'dead'::text, 'ignored'::text]))
);
CREATE INDEX webhook_events_fetched ON webhook_events (org_id, entity, zoho_id, fetched_at) WHERE (fetched_at IS NOT NULL);
CREATE INDEX webhook_events_ignored ON webhook_events (org_id, entity, zoho_id) WHERE (status = 'ignored'::text);
CREATE INDEX webhook_events_in_turn ON webhook_events (complete, due_at, id) WHERE (status = 'pending'::text);
CREATE INDEX webhook_events_of_a_record ON webhook_events (org_id, entity, zoho_id, id) WHERE (status = 'pending'::text);
CREATE INDEX webhook_events_received ON webhook_events USING brin (received_at);
CREATE INDEX webhook_events_replayed ON webhook_events (replay_id, status, id) WHERE (replay_id IS NOT NULL);
CREATE INDEX webhook_events_told ON webhook_events (org_id, entity, zoho_id, received_at);
CREATE UNIQUE INDEX webhook_events_unbegun ON webhook_events (org_id, hint) WHERE ((status = 'pending'::text) AND (hint IS NOT NULL));
CREATE TRIGGER wake_inbox AFTER INSERT OR UPDATE ON webhook_events FOR EACH ROW WHEN (((new.status = 'pending'::text) AND (new.claimed_until IS NULL) AND (new.due_at <= clock_timestamp()))) EXECUTE FUNCTION wake_inbox();

-- Which secret and address a webhook was registered with. Zoho does not show secrets, so the signature of the address is kept.
CREATE TABLE webhook_registrations (
    org_id        text NOT NULL,
    webhook_id    text NOT NULL,
    fingerprint   text NOT NULL,
    registered_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (org_id, webhook_id)
);

-- The webhooks and workflow rules of each product of Zoho, as the last plan or registration saw them.
CREATE TABLE webhook_sightings (
    org_id   text NOT NULL,
    product  text NOT NULL,
    seen_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    webhooks jsonb NOT NULL,
    PRIMARY KEY (org_id, product),
    FOREIGN KEY (org_id) REFERENCES organisations(org_id) ON UPDATE CASCADE ON DELETE CASCADE
);

-- Work that only one transaction may do at a time takes a row of this table by lock_work, until its end. PostgreSQL's advisory locks are open to every role that may log in: a reader who guessed their keys could stop all calls and the inbox. A row lock needs the right to write to the table.
CREATE TABLE work_locks (
    name text NOT NULL,
    PRIMARY KEY (name)
);

-- The ledger of all calls to Zoho. A row is committed before its call is sent: the ledger is the rate limiter of all replicas.
CREATE TABLE zoho_calls (
    id          bigint GENERATED ALWAYS AS IDENTITY,
    org_id      text NOT NULL,
    at          timestamptz NOT NULL,                 -- when the slot was taken; the call left after this moment, never before
    answered_at timestamptz,
    released_at timestamptz NOT NULL,                 -- until then the call holds its slot: 60 s after its answer, or after its time-out. Equal to "at": the call was never sent. It counts neither for the day nor for a run
    method      text NOT NULL,
    path        text NOT NULL,
    status      integer,
    zoho_code   text,
    ms          integer,
    purpose     text NOT NULL,
    run_id      bigint,
    product     text,                                 -- the first part of the path: inventory, books, billing, crm or desk
    records     integer,                              -- how many records the call writes; null: it writes none
    credits     integer,                              -- what the call costs in Zoho CRM: 1 credit for each 10 records of a write, 1 for any other call; null: another product
    PRIMARY KEY (id),
    CHECK (purpose = ANY (ARRAY['pull'::text, 'webhook'::text, 'push'::text, 'check'::text]))
);
CREATE INDEX zoho_calls_day ON zoho_calls (org_id, at);
CREATE INDEX zoho_calls_held ON zoho_calls (org_id, released_at);
CREATE INDEX zoho_calls_refused ON zoho_calls (org_id, at, id) WHERE ((released_at > at) AND ((status >= 400) OR ((status IS NULL) AND (answered_at IS NOT NULL))));
CREATE INDEX zoho_calls_run ON zoho_calls (run_id) WHERE (run_id IS NOT NULL);
CREATE INDEX zoho_calls_slow ON zoho_calls (org_id, at, id) WHERE ((released_at > at) AND (ms >= 2000));

-- The tables of the timers, as Quartz wants them.

CREATE TABLE qrtz_blob_triggers (
    sched_name    character varying(120) NOT NULL,
    trigger_name  character varying(200) NOT NULL,
    trigger_group character varying(200) NOT NULL,
    blob_data     bytea,
    PRIMARY KEY (sched_name, trigger_name, trigger_group),
    FOREIGN KEY (sched_name, trigger_name, trigger_group) REFERENCES qrtz_triggers(sched_name, trigger_name, trigger_group)
);

CREATE TABLE qrtz_calendars (
    sched_name    character varying(120) NOT NULL,
    calendar_name character varying(200) NOT NULL,
    calendar      bytea NOT NULL,
    PRIMARY KEY (sched_name, calendar_name)
);

CREATE TABLE qrtz_cron_triggers (
    sched_name      character varying(120) NOT NULL,
    trigger_name    character varying(200) NOT NULL,
    trigger_group   character varying(200) NOT NULL,
    cron_expression character varying(120) NOT NULL,
    time_zone_id    character varying(80),
    PRIMARY KEY (sched_name, trigger_name, trigger_group),
    FOREIGN KEY (sched_name, trigger_name, trigger_group) REFERENCES qrtz_triggers(sched_name, trigger_name, trigger_group)
);

CREATE TABLE qrtz_fired_triggers (
    sched_name        character varying(120) NOT NULL,
    entry_id          character varying(95) NOT NULL,
    trigger_name      character varying(200) NOT NULL,
    trigger_group     character varying(200) NOT NULL,
    instance_name     character varying(200) NOT NULL,
    fired_time        bigint NOT NULL,
    sched_time        bigint NOT NULL,
    priority          integer NOT NULL,
    state             character varying(16) NOT NULL,
    job_name          character varying(200),
    job_group         character varying(200),
    is_nonconcurrent  boolean,
    requests_recovery boolean,
    PRIMARY KEY (sched_name, entry_id)
);
CREATE INDEX idx_qrtz_ft_inst_job_req_rcvry ON qrtz_fired_triggers (sched_name, instance_name, requests_recovery);
CREATE INDEX idx_qrtz_ft_j_g ON qrtz_fired_triggers (sched_name, job_name, job_group);
CREATE INDEX idx_qrtz_ft_jg ON qrtz_fired_triggers (sched_name, job_group);
CREATE INDEX idx_qrtz_ft_t_g ON qrtz_fired_triggers (sched_name, trigger_name, trigger_group);
CREATE INDEX idx_qrtz_ft_tg ON qrtz_fired_triggers (sched_name, trigger_group);
CREATE INDEX idx_qrtz_ft_trig_inst_name ON qrtz_fired_triggers (sched_name, instance_name);

CREATE TABLE qrtz_job_details (
    sched_name        character varying(120) NOT NULL,
    job_name          character varying(200) NOT NULL,
    job_group         character varying(200) NOT NULL,
    description       character varying(250),
    job_class_name    character varying(250) NOT NULL,
    is_durable        boolean NOT NULL,
    is_nonconcurrent  boolean NOT NULL,
    is_update_data    boolean NOT NULL,
    requests_recovery boolean NOT NULL,
    job_data          bytea,
    PRIMARY KEY (sched_name, job_name, job_group)
);
CREATE INDEX idx_qrtz_j_grp ON qrtz_job_details (sched_name, job_group);
CREATE INDEX idx_qrtz_j_req_recovery ON qrtz_job_details (sched_name, requests_recovery);

CREATE TABLE qrtz_locks (
    sched_name character varying(120) NOT NULL,
    lock_name  character varying(40) NOT NULL,
    PRIMARY KEY (sched_name, lock_name)
);

CREATE TABLE qrtz_paused_trigger_grps (
    sched_name    character varying(120) NOT NULL,
    trigger_group character varying(200) NOT NULL,
    PRIMARY KEY (sched_name, trigger_group)
);

CREATE TABLE qrtz_scheduler_state (
    sched_name        character varying(120) NOT NULL,
    instance_name     character varying(200) NOT NULL,
    last_checkin_time bigint NOT NULL,
    checkin_interval  bigint NOT NULL,
    PRIMARY KEY (sched_name, instance_name)
);

CREATE TABLE qrtz_simple_triggers (
    sched_name      character varying(120) NOT NULL,
    trigger_name    character varying(200) NOT NULL,
    trigger_group   character varying(200) NOT NULL,
    repeat_count    bigint NOT NULL,
    repeat_interval bigint NOT NULL,
    times_triggered bigint NOT NULL,
    PRIMARY KEY (sched_name, trigger_name, trigger_group),
    FOREIGN KEY (sched_name, trigger_name, trigger_group) REFERENCES qrtz_triggers(sched_name, trigger_name, trigger_group)
);

CREATE TABLE qrtz_simprop_triggers (
    sched_name    character varying(120) NOT NULL,
    trigger_name  character varying(200) NOT NULL,
    trigger_group character varying(200) NOT NULL,
    str_prop_1    character varying(512),
    str_prop_2    character varying(512),
    str_prop_3    character varying(512),
    int_prop_1    integer,
    int_prop_2    integer,
    long_prop_1   bigint,
    long_prop_2   bigint,
    dec_prop_1    numeric(13,4),
    dec_prop_2    numeric(13,4),
    bool_prop_1   boolean,
    bool_prop_2   boolean,
    PRIMARY KEY (sched_name, trigger_name, trigger_group),
    FOREIGN KEY (sched_name, trigger_name, trigger_group) REFERENCES qrtz_triggers(sched_name, trigger_name, trigger_group)
);

CREATE TABLE qrtz_triggers (
    sched_name     character varying(120) NOT NULL,
    trigger_name   character varying(200) NOT NULL,
    trigger_group  character varying(200) NOT NULL,
    job_name       character varying(200) NOT NULL,
    job_group      character varying(200) NOT NULL,
    description    character varying(250),
    next_fire_time bigint,
    prev_fire_time bigint,
    priority       integer,
    trigger_state  character varying(16) NOT NULL,
    trigger_type   character varying(8) NOT NULL,
    start_time     bigint NOT NULL,
    end_time       bigint,
    calendar_name  character varying(200),
    misfire_instr  smallint,
    job_data       bytea,
    PRIMARY KEY (sched_name, trigger_name, trigger_group),
    FOREIGN KEY (sched_name, job_name, job_group) REFERENCES qrtz_job_details(sched_name, job_name, job_group)
);
CREATE INDEX idx_qrtz_t_c ON qrtz_triggers (sched_name, calendar_name);
CREATE INDEX idx_qrtz_t_g ON qrtz_triggers (sched_name, trigger_group);
CREATE INDEX idx_qrtz_t_j ON qrtz_triggers (sched_name, job_name, job_group);
CREATE INDEX idx_qrtz_t_jg ON qrtz_triggers (sched_name, job_group);
CREATE INDEX idx_qrtz_t_n_g_state ON qrtz_triggers (sched_name, trigger_group, trigger_state);
CREATE INDEX idx_qrtz_t_n_state ON qrtz_triggers (sched_name, trigger_name, trigger_group, trigger_state);
CREATE INDEX idx_qrtz_t_next_fire_time ON qrtz_triggers (sched_name, next_fire_time);
CREATE INDEX idx_qrtz_t_nft_misfire ON qrtz_triggers (sched_name, misfire_instr, next_fire_time);
CREATE INDEX idx_qrtz_t_nft_st ON qrtz_triggers (sched_name, trigger_state, next_fire_time);
CREATE INDEX idx_qrtz_t_nft_st_misfire ON qrtz_triggers (sched_name, misfire_instr, next_fire_time, trigger_state);
CREATE INDEX idx_qrtz_t_nft_st_misfire_grp ON qrtz_triggers (sched_name, misfire_instr, next_fire_time, trigger_group, trigger_state);
CREATE INDEX idx_qrtz_t_state ON qrtz_triggers (sched_name, trigger_state);

CREATE SEQUENCE organisations_pending;
CREATE SEQUENCE push_claims;

-- Views and their columns.
--   data_quality_now (org_id text, entity text, measure text, count bigint, of bigint, share numeric, at timestamptz, run_id bigint) (reader)  R__runs.sql
--   missed_webhooks (org_id text, entity text, zoho_id text, modified_at timestamptz, found_at timestamptz, run_id bigint)  R__webhook_statistics.sql
--   push_addons (org_id text, code text, name text, price numeric, plan_codes text[])  null
--   push_bills (org_id text, record_key text, number text, customer_key text, zoho_contact_id text, currency text, dated date, due date, prices_include_tax boolean, lines jsonb, total numeric, cancelled boolean)  null
--   push_invoices (org_id text, record_key text, number text, customer_key text, zoho_contact_id text, currency text, dated date, due date, prices_include_tax boolean, lines jsonb, total numeric, cancelled boolean)  null
--   push_products (org_id text, record_key text, sku text, name text, description text, price numeric, currency text, is_active boolean, price_may_be_zero boolean, category text, brand text, unit text, image_url text, link_url text, stock numeric, recurring_price numeric, recurring_unit text, cycles integer, setup_fee numeric, product_family text, tax_id text)  null
--   push_sales_orders (org_id text, record_key text, number text, customer_key text, zoho_contact_id text, currency text, dated date, due date, prices_include_tax boolean, lines jsonb, total numeric, cancelled boolean)  null
--   push_service_items (org_id text, sku text, name text, price numeric)  null
--   push_status (org_id text, target text, record_key text, external_key text, zoho_id text, status text, meaning text, error_code text, error_key text, error_text text, other_zoho_id text, attempts integer, next_at timestamptz, sent_at timestamptz, tried_at timestamptz, run_id bigint, call_id bigint, rate_limit_hits integer, updated_at timestamptz) (reader)  R__push_views.sql
--   push_summary (org_id text, target text, state text, mapping text, planned_run bigint, released_by text, released_at timestamptz, checked_at timestamptz, check_error text, ok bigint, failed bigint, refused bigint, waiting bigint, unknown bigint, held bigint, undecided bigint, conflicts bigint, accepted bigint, gone bigint, never bigint, oldest_due timestamptz, oldest_unknown timestamptz, attempts_of_a_day bigint, failed_of_a_day bigint, success_share numeric, matched bigint) (reader)  R__push_views.sql
--   record_history (org_id text, entity text, zoho_id text, changed_at timestamptz, column_name text, before jsonb, after jsonb, source text, run_id bigint, call_id bigint, called_at timestamptz, method text, path text, purpose text, status integer) (reader)  R__history.sql
--   retention (table_name text, setting text, bounded_by text)  R__retention.sql
--   sync_runs_api (id bigint, org text, entity text, status text, run json)  R__runs.sql
--   table_ages (table_name text, oldest timestamptz)  R__retention.sql
--   table_sizes (table_name name, bytes bigint, rows bigint)  R__retention.sql
--   webhooks_of_a_day (org_id text, entity text, told numeric, missed bigint)  R__webhook_statistics.sql
--   zoho_calls_by_run (run_id bigint, org_id text, purpose text, calls bigint, unanswered bigint, minute_hits bigint, day_hits bigint, in_process_hits bigint, ms numeric, first_at timestamptz, last_at timestamptz, records bigint, credits bigint)  R__calls.sql

-- Functions, by the file that defines them.
-- R__alerts.sql
--   alert_channels(p_channels text[]) RETURNS TABLE(channel text, last_sent_at timestamptz, waiting bigint, failing_since timestamptz, error text)
--   claim_alert_message(p_channel text, p_lease interval, p_give_up_after interval) RETURNS SETOF alert_messages
--   given_up_alerts(p_channels text[]) RETURNS TABLE(channel text, key text, given_up_at timestamptz)
--   take_alert_turn(p_process text, p_lease interval) RETURNS TABLE(heartbeat_due boolean)
--   tell_alerts(p_keys text[], p_channels text[]) RETURNS void
--   watch_alerts(p_process text, p_findings jsonb, p_channels text[], p_quiet interval, p_storm integer) RETURNS TABLE(key text, state text, text text)
-- R__audit.sql
--   audit(p_who text, p_role text, p_address text, p_action text, p_org text, p_object text, p_outcome text, p_details jsonb) RETURNS bigint
--   audit_page(p_from timestamptz, p_to timestamptz, p_who text, p_action text, p_org text, p_object text, p_before bigint, p_limit bigint) RETURNS SETOF audit_log
--   audit_trim(p_keep interval) RETURNS integer
--   refuse_audit_change() RETURNS trigger
--   run_start_action(p_run sync_runs) RETURNS SETOF audit_log
-- R__calls.sql
--   calls_page(p_org text, p_purpose text, p_only text, p_before bigint, p_limit bigint) RETURNS SETOF zoho_calls
--   meta_take_slot(p_org text, p_method text, p_path text, p_purpose text, p_run_id bigint, p_records integer, p_per_minute integer, p_timeout interval) RETURNS TABLE(call_id bigint, sent_at timestamptz, wait_ms bigint, catalogue text, token bytea)
--   zoho_quotas(p_per_minute integer, p_per_day integer, p_timeout interval) RETURNS TABLE(org_id text, per_minute integer, slots_held bigint, calls_in_last_minute bigint, calls_in_last_hour bigint, calls_today bigint, day_limit integer, day_remaining integer, day_resets_at timestamptz)
--   zoho_take_slot(p_org text, p_method text, p_path text, p_purpose text, p_run_id bigint, p_per_minute integer, p_per_day integer, p_in_flight integer, p_timeout interval, p_day_reserve integer DEFAULT 5, p_records integer DEFAULT NULL::integer, p_push_per_minute integer DEFAULT NULL::integer) RETURNS TABLE(call_id bigint, sent_at timestamptz, wait_ms bigint, waiting_for text, per_minute integer)
-- R__connections.sql
--   organisations_api(p_settings_secret boolean) RETURNS TABLE(org_id text, name text, organisation json)
--   zoho_take_token(p_org text, p_refused bigint, p_lease interval, p_force_refresh boolean DEFAULT false) RETURNS TABLE(state text, connection_id bigint, region text, accounts_url text, api_url text, client_id text, client_secret bytea, refresh_token bytea, access_token bytea, token_version bigint, request_id bigint, valid_until timestamptz, to_do text)
--   zoho_token_answered(p_connection bigint, p_version bigint, p_request bigint, p_outcome text, p_access_token bytea, p_refresh_after interval, p_life interval, p_api_url text, p_scopes text, p_to_do text, p_retry_after interval DEFAULT NULL::interval) RETURNS void
-- R__copies.sql
--   confirm_first_start(p_address text) RETURNS void
--   confirm_push(p_address text, p_by text) RETURNS TABLE(address text, system_identifier text, confirmed_by text, confirmed_at timestamptz)
--   push_guarded_because(p_process jsonb) RETURNS text
--   server_identity() RETURNS text
-- R__dead_letters.sql
--   letter_replay(p_replay letter_replays) RETURNS json
-- R__deletes.sql
--   deletes_list(p_run sync_runs) RETURNS bigint
--   hold_deletes(p_run_id bigint, p_epoch integer, p_list bigint, p_reason text) RETURNS void
--   id_between(p_least text, p_most text) RETURNS text
--   is_living(p_org text, p_table text, p_key text, p_zoho_id text) RETURNS boolean
--   living_ids(p_org text, p_entity text, p_table text, p_key text, p_but text) RETURNS text SET enable_nestloop=on
--   mark_deleted(p_org text, p_entity text, p_table text, p_key text, p_gone jsonb) RETURNS SETOF text
--   missed_rows(p_run_id bigint, p_table text, p_key text) RETURNS SETOF text
--   propose_deletes(p_run_id bigint, p_epoch integer, p_table text, p_key text, p_askable boolean, p_filtered boolean, p_share numeric, p_rows bigint, p_batch integer, p_most integer) RETURNS TABLE(list bigint, controls text) SET enable_nestloop=off
--   release_deletes(p_list bigint, p_trigger text, p_stale interval) RETURNS TABLE(run_id bigint, started boolean, left_over bigint)
--   report_deletes(p_run_id bigint, p_missed text[], p_held text, p_batch integer, p_most integer) RETURNS void
--   restore_deleted(p_run_id bigint, p_org text, p_entity text, p_table text, p_key text) RETURNS bigint
-- R__details.sql
--   count_details(p_org text, p_entity text, p_table text) RETURNS void
--   detail_stored(p_org text, p_entity text, p_table text, p_key_column text, p_id text) RETURNS void
--   keep_details(p_table regclass, p_key_column text) RETURNS void
--   pause_after(p_failures integer, p_first interval) RETURNS interval
--   still_detailed(p_ignore_version boolean, p_has_lines boolean, p_modified timestamptz, p_same_columns boolean, r_detailed boolean, r_modified timestamptz) RETURNS boolean
--   take_detail(p_org text, p_entity text, p_table text, p_key_column text, p_retry_after interval) RETURNS text
-- R__fields.sql
--   latest_version() RETURNS timestamptz
--   refuse_value(p_key text, p_problem text, p_value text) RETURNS text
--   zoho_boolean(p_key text, p_value text) RETURNS boolean
--   zoho_clock_form() RETURNS text
--   zoho_date(p_key text, p_value text) RETURNS date
--   zoho_day_form() RETURNS text
--   zoho_integer(p_key text, p_value text) RETURNS integer
--   zoho_number(p_key text, p_value text) RETURNS numeric
--   zoho_offset_form() RETURNS text
--   zoho_time(p_key text, p_value text) RETURNS timestamptz
--   zoho_version(p_value text) RETURNS timestamptz
-- R__history.sql
--   note_changes() RETURNS trigger SECURITY DEFINER SET search_path=public, pg_temp, enable_hashjoin=on; not for everybody
--   track_changes(p_table regclass, p_entity text, p_key text) RETURNS void
-- R__images.sql
--   drop_unused_images() RETURNS void
--   images_follow_products() RETURNS trigger SECURITY DEFINER SET search_path=public, pg_temp; not for everybody
--   is_plain_id(p_id text) RETURNS boolean
--   store_image(p_org text, p_item text, p_key text, p_digest text, p_content bytea, p_media_type text, p_width integer, p_height integer, p_thumbnail bytea, p_thumbnail_type text) RETURNS void
--   wanted_image(p_image_name text, p_source jsonb, p_deleted_at timestamptz) RETURNS text
-- R__lines.sql
--   first_list(p_answer jsonb, p_source jsonb, p_keys text[]) RETURNS jsonb
--   lines_of(p_answer jsonb, p_key text) RETURNS jsonb
--   parts_of(p_answer jsonb, p_gone text[], p_source jsonb, VARIADIC p_keys text[]) RETURNS jsonb
--   sent_lines(p_lines jsonb, p_id_key text, p_other_key text DEFAULT NULL::text) RETURNS TABLE(line_id text, place integer, source jsonb)
-- R__locks.sql
--   lock_work(p_name text) RETURNS void; not for everybody
-- R__own_rows.sql
--   note_made_here() RETURNS trigger; not for everybody
--   push_tie_own_rows(p_org text, p_target text, p_claim bigint, p_outcomes jsonb) RETURNS void
--   tie_product(p_org text, p_id bigint, p_item text) RETURNS void
-- R__personal.sql
--   is_personal(p_keys jsonb, p_name text) RETURNS boolean
--   masked(p_value jsonb, p_personal jsonb, p_entity text) RETURNS jsonb
--   masked_quotes(p_error text) RETURNS text
--   masked_reason(p_reason text, p_error text) RETURNS text
--   masked_text(p_text text, p_personal jsonb, p_entity text) RETURNS text
-- R__prices.sql
--   apply_price_settings(p_list text, p_currency text) RETURNS void
--   default_list_stays() RETURNS trigger
--   default_prices_leave() RETURNS trigger
--   default_prices_stay() RETURNS trigger
--   give_default_prices(p_products bigint[]) RETURNS void SET plan_cache_mode=force_generic_plan, enable_seqscan=off, enable_hashjoin=off, enable_mergejoin=off, enable_material=off
--   give_item_prices(p_list price_lists) RETURNS void
--   give_percentage_prices(p_products bigint[], p_lists bigint[]) RETURNS void
--   list_prices_differ(p_list bigint, p_type text, p_source jsonb) RETURNS boolean
--   percentage_price(p_price numeric, p_percentage numeric, p_is_increase boolean, p_rounding text, p_decimals integer) RETURNS numeric
--   priced_items(p_source jsonb) RETURNS TABLE(zoho_item_id text, source jsonb, price numeric)
--   prices_follow_list() RETURNS trigger SECURITY DEFINER SET search_path=public, pg_temp; not for everybody
--   prices_follow_products() RETURNS trigger SECURITY DEFINER SET search_path=public, pg_temp, plan_cache_mode=force_generic_plan, enable_seqscan=off, enable_hashjoin=off, enable_mergejoin=off, enable_material=off; not for everybody
--   take_default_list(p_list price_lists) RETURNS void
-- R__push.sql
--   push_address(p_org text, p_path text, p_query text DEFAULT NULL::text) RETURNS text
--   push_agrees(p_ours jsonb, p_zohos jsonb) RETURNS boolean
--   push_amount(p_text text) RETURNS numeric
--   push_changes(p_before jsonb, p_after jsonb) RETURNS jsonb
--   push_compared(p_body jsonb, p_settings jsonb) RETURNS jsonb
--   push_drift(p_body jsonb, p_record jsonb, p_settings jsonb) RETURNS jsonb
--   push_keys(p_settings jsonb, p_name text) RETURNS text[]
--   push_modified_at(p_record jsonb) RETURNS timestamptz
--   push_moment(p_text text) RETURNS timestamptz
--   push_record_address(p_org text, p_target text, p_key text, p_decision text DEFAULT ''::text) RETURNS text
--   push_refused_because(p_org text, p_target text, p_process jsonb DEFAULT NULL::jsonb) RETURNS text
--   push_same_key(p_key text, p_settings jsonb) RETURNS text
-- R__push_amounts.sql
--   push_decimals(p_org text, p_currency text) RETURNS integer
--   push_refused_amounts(p_org text, p_currency text, VARIADIC p_amounts numeric[]) RETURNS text
--   push_refused_currency(p_org text, p_currency text) RETURNS text
-- R__push_attempts.sql
--   push_attempt(p_org text, p_target text, p_claim bigint, p_keys text[], p_op text, p_settings jsonb, p_lease interval) RETURNS TABLE(key text, content text, external_key text, zoho_id text, records integer, tried_at timestamptz, modified_at text, fields text) SET enable_seqscan=off, enable_hashjoin=off, enable_mergejoin=off
--   push_claim(p_run bigint, p_epoch integer, p_org text, p_target text, p_op text, p_mapping text, p_rows jsonb, p_lease interval, p_process jsonb DEFAULT NULL::jsonb) RETURNS TABLE(claim bigint, keys text[]) SET enable_seqscan=off, enable_hashjoin=off, enable_mergejoin=off
-- R__push_checks.sql
--   push_check_reference(p_org text, p_target text, p_entity text, p_field text, p_answer jsonb, OUT error text, OUT note text) RETURNS record
--   push_check_unique(p_org text, p_target text, p_field text, p_answer jsonb) RETURNS text
--   push_not_ready_because(p_org text, p_target text, p_mapping text) RETURNS text
-- R__push_decisions.sql
--   push_adopt(p_org text, p_target text, p_sql text, p_key text, p_zoho_id text, OUT status integer, OUT problem text) RETURNS record
--   push_before(p_run bigint) RETURNS TABLE(record_key text, body jsonb, active boolean)
--   push_forget(p_org text, p_target text, p_key text, OUT status integer, OUT problem text) RETURNS record
--   push_nothing_held(p_run bigint) RETURNS text
--   push_refuse(p_run bigint) RETURNS bigint
-- R__push_documents.sql
--   push_contacts_by_key(p_org text, p_type text) RETURNS TABLE(key text, contact_id text, contacts bigint)
--   push_documents(p_org text, p_type text, p_documents push_document[]) RETURNS TABLE(record_key text, number text, contact_id text, dated date, due date, prices_include_tax boolean, line_items jsonb, total numeric, cancelled boolean, refused text, needs text)
--   push_items_by_sku(p_org text) RETURNS TABLE(sku text, item_id text, items bigint)
--   push_own_reference(p_org text, p_target text, p_document text, p_number text) RETURNS jsonb
-- R__push_handles.sql
--   push_accepted(p_org text, p_target text, p_keys text[], p_answer jsonb) RETURNS jsonb
--   push_handle_asked(p_org text, p_target text, p_handle text, p_error text, p_claim bigint DEFAULT NULL::bigint) RETURNS void
--   push_handle_result(p_org text, p_target text, p_handle text, p_answer jsonb, p_claim bigint DEFAULT NULL::bigint) RETURNS jsonb
--   push_handles_due(p_targets text[], p_lease interval) RETURNS TABLE(org_id text, target text, handle text, claim bigint)
-- R__push_judged.sql
--   push_is_retired(p_row push_state) RETURNS boolean
--   push_judged(p_org text, p_target text, p_settings jsonb, p_request jsonb, p_rows push_row[], p_heirs push_row[]) RETURNS TABLE(record_key text, external_key text, body jsonb, active boolean, total numeric, needs text, refusal text, gone boolean, changed boolean, status_differs boolean, remapped boolean, zoho_id text, sent jsonb, trying jsonb, status text, error_code text, error_text text, tried_at timestamptz, claimed boolean, rank integer, op text, retires boolean, becomes text)
--   push_kept(p_row push_state) RETURNS jsonb
--   push_pause(p_row push_state) RETURNS interval
--   push_refusal(p_body jsonb, p_sent jsonb, p_same_mapping boolean, p_zero boolean, p_refused text, p_required text[], p_money text[], p_create_only text[], p_immutable text[]) RETURNS text
--   push_status_in_doubt(p_row push_state) RETURNS boolean
-- R__push_plan.sql
--   push_plan_report(p_run bigint, p_epoch integer, p_org text, p_target text, p_settings jsonb, p_request jsonb, p_most integer) RETURNS boolean
--   push_verify_report(p_run bigint, p_epoch integer, p_org text, p_target text, p_settings jsonb, p_most integer) RETURNS bigint
-- R__push_read.sql
--   push_read(p_run bigint, p_settings jsonb) RETURNS TABLE(record_key text, external_key text, tied_to text, body jsonb, judged jsonb, found_id text, record jsonb, others text[])
--   push_read_begin(p_run bigint, p_epoch integer, p_org text, p_target text, p_settings jsonb, p_request jsonb, p_sql text) RETURNS text
--   push_read_next(p_run bigint, p_epoch integer, p_settings jsonb) RETURNS TABLE(request text, query text, content text, keys jsonb, external_key text, external_keys text, zoho_id text, zoho_ids text, fields text)
--   push_read_store(p_run bigint, p_epoch integer, p_settings jsonb, p_keys jsonb, p_answer jsonb) RETURNS void
-- R__push_rows.sql
--   push_columns(p_view text, p_columns jsonb, OUT columns text, OUT problem text) RETURNS record
--   push_columns_are(p_view text, p_columns jsonb) RETURNS text
--   push_heirs(p_org text, p_target text, p_settings jsonb, p_request jsonb, p_rows push_row[], p_sql text) RETURNS SETOF push_row
--   push_rows(p_org text, p_target text, p_view text, p_request jsonb, p_sql text) RETURNS SETOF push_row
--   push_selection(p_org text, p_target text, p_settings jsonb, p_request jsonb) RETURNS jsonb
-- R__push_runs.sql
--   push_brake(p_changed bigint, p_emptied bigint, p_deactivated bigint, p_confirmed bigint, p_settings jsonb) RETURNS text
--   push_deactivates(p_op text, p_gone boolean, p_sent jsonb, p_body jsonb, p_status_differs boolean, p_active boolean, p_settings jsonb) RETURNS boolean
--   push_empties(p_sent jsonb, p_body jsonb, p_settings jsonb) RETURNS boolean
--   push_examine(p_run bigint, p_epoch integer, p_org text, p_target text, p_settings jsonb, p_request jsonb, p_sql text) RETURNS TABLE(candidates bigint, refused bigint, waits bigint, reason text)
--   push_finds_out(p_org text, p_target text, p_settings jsonb, p_sql text) RETURNS boolean
--   push_is_due(p_org text, p_target text, p_settings jsonb, p_sql text) RETURNS boolean
--   push_next(p_run bigint, p_org text, p_target text, p_settings jsonb, p_request jsonb, p_sql text) RETURNS TABLE(op text, rows jsonb)
--   push_restless_because(p_org text, p_target text, p_key text, p_sent jsonb, p_body jsonb) RETURNS text
-- R__push_settle.sql
--   push_follow(p_org text, p_target text, p_claim bigint, p_key text, p_op text) RETURNS void
--   push_next_try(p_attempts integer) RETURNS timestamptz
--   push_results(p_keys text[], p_op text, p_answer jsonb, p_settings jsonb) RETURNS jsonb
--   push_settle(p_org text, p_target text, p_claim bigint, p_call bigint, p_settings jsonb, p_outcomes jsonb, p_uncertain boolean DEFAULT false) RETURNS TABLE(record_key text, op text) SET enable_seqscan=off, enable_hashjoin=off, enable_mergejoin=off
-- R__push_views.sql
--   push_history(p_org text, p_target text, p_key text, p_before bigint, p_limit integer) RETURNS TABLE(id bigint, attempt jsonb)
--   push_records(p_org text, p_target text, p_sql text, p_keys text[]) RETURNS SETOF jsonb
--   push_row_json(p_row push_state) RETURNS jsonb
-- R__records.sql
--   ids_with_rows(p_table regclass, p_key text, p_org text, p_ids text[]) RETURNS text
--   is_partition_of_records(p_table text) RETURNS boolean
--   merged(p_row jsonb, p_shapes jsonb, p_answer jsonb, p_shape text, OUT source jsonb, OUT shapes jsonb, OUT gone text[], OUT differs boolean) RETURNS record
--   records_of(p_entity text) RETURNS text
--   rows_since(p_table regclass, p_key text, p_org text, p_ids text[], p_requested_at timestamptz) RETURNS text
--   sent_records(p_records jsonb, p_id_key text) RETURNS TABLE(zoho_id text, source jsonb, modified timestamptz)
--   stored_records(p_table regclass, p_key text, p_org text, p_after text, p_most integer) RETURNS TABLE(records text, last text)
--   version_wins(p_ignore_version boolean, p_modified timestamptz, p_requested timestamptz, r_modified timestamptz, r_requested timestamptz, r_deleted timestamptz) RETURNS boolean
-- R__runs.sql
--   abandon_stale_runs(p_stale interval) RETURNS void
--   note_run_step() RETURNS trigger
--   run_pace(p_run sync_runs) RETURNS TABLE(expected bigint, done bigint, seconds numeric, per_second numeric, seconds_left numeric)
--   run_parts(p_run bigint) RETURNS SETOF bigint
--   start_run(p_org text, p_entity text, p_mode text, p_trigger text, p_stale interval, p_resume_within interval, p_dry_run boolean DEFAULT false, p_request jsonb DEFAULT NULL::jsonb) RETURNS TABLE(run_id bigint, started boolean)
-- R__search.sql
--   changes_of_record(p_org text, p_entity text, p_id text, p_before bigint, p_limit integer) RETURNS TABLE(id bigint, change jsonb)
--   record_json(p_table text, p_key text, p_entity text, p_org text, p_id text) RETURNS jsonb
--   record_labels(p_kinds jsonb, p_org text, p_entity text, p_ids text[]) RETURNS TABLE(zoho_id text, label text, columns jsonb)
--   restore_record(p_table text, p_key text, p_entity text, p_org text, p_id text) RETURNS boolean
--   search_records(p_kinds jsonb, p_org text, p_text text, p_limit integer, p_after jsonb) RETURNS TABLE(entity text, zoho_id text, label text, columns jsonb, found_in text, deleted_at timestamptz)
-- R__stock.sql
--   lines_move_stock() RETURNS trigger SECURITY DEFINER SET search_path=public, pg_temp; not for everybody
--   move_stock(p_parents regclass, p_lines regclass, p_key_column text) RETURNS void
--   parents_move_stock() RETURNS trigger SECURITY DEFINER SET search_path=public, pg_temp; not for everybody
--   queue_items(p_org text, p_items text[]) RETURNS void
-- R__verification.sql
--   end_verification(p_run bigint, p_epoch integer, p_table regclass, p_key text, p_most integer) RETURNS void SET enable_nestloop=off
--   page_report(p_run bigint, p_call bigint, p_table regclass, p_key text, p_created text[], p_updated text[], p_most integer) RETURNS TABLE(records text, unannounced bigint)
--   seen_ids(p_run bigint) RETURNS SETOF text
--   unseen_rows(p_run bigint, p_table regclass, p_key text) RETURNS SETOF text
-- R__webhook_statistics.sql
--   note_findings(p_org text, p_entity text, p_table text, p_key text, p_ids text[], p_run bigint) RETURNS void
-- R__webhooks.sql
--   claim_webhooks(p_complete boolean, p_kinds text[], p_most integer, p_lease interval, p_org text DEFAULT NULL::text, p_fetches integer DEFAULT 3) RETURNS SETOF webhook_events SET enable_seqscan=off, enable_bitmapscan=off, enable_sort=off, jit=off
--   fail_webhook(p_org text, p_event_id text, p_claim timestamptz, p_error text, p_retryable boolean, p_attempts integer, p_first interval, p_longest interval) RETURNS text SET enable_seqscan=off, enable_bitmapscan=off, enable_sort=off, jit=off
--   fetch_again_at(p_org text, p_entity text, p_zoho_id text, p_fetches integer) RETURNS timestamptz SET enable_seqscan=off, enable_bitmapscan=off, enable_sort=off, jit=off
--   has_another_due(p_event webhook_events) RETURNS boolean SET enable_seqscan=off, enable_bitmapscan=off, enable_sort=off, jit=off
--   has_pending_webhook(p_org text, p_entity text, p_zoho_id text) RETURNS boolean SET enable_seqscan=off, enable_bitmapscan=off, enable_sort=off, jit=off
--   hurry_webhooks(p_org text, p_entity text, p_zoho_id text) RETURNS void
--   judge_webhooks(p_org text, p_entity text, p_table text, p_key text, p_id_key text, p_records jsonb, p_shape text) RETURNS TABLE(zoho_id text, verdict text) SET enable_seqscan=off, jit=off
--   receive_webhook(p_org text, p_digest text, p_entity text, p_event text, p_zoho_id text, p_modified timestamptz, p_complete boolean, p_payload text) RETURNS TABLE(key text, accepted boolean) SET lock_timeout=4s, enable_seqscan=off, enable_bitmapscan=off, enable_sort=off, jit=off
--   wait_webhook(p_org text, p_event_id text, p_claim timestamptz, p_until timestamptz, p_error text) RETURNS void SET enable_seqscan=off, enable_bitmapscan=off, enable_sort=off, jit=off
--   wake_inbox() RETURNS trigger
--   webhook_event_id(p_org text, p_event_id text) RETURNS bigint
--   webhook_lacks(p_source jsonb, p_shapes jsonb, p_payload jsonb) RETURNS boolean
--   webhook_returns(p_org text, p_digest text, p_entity text, p_zoho_id text, p_modified timestamptz) RETURNS boolean SET enable_seqscan=off, enable_bitmapscan=off, enable_sort=off, jit=off
--   webhooks_due(p_within interval) RETURNS TABLE(due_now boolean, next_ms bigint) SET enable_seqscan=off, enable_bitmapscan=off, enable_sort=off, jit=off
