-- Alerts: problems that health finds, and the messages that tell people of them.
CREATE TABLE alerts (
    key         text        PRIMARY KEY,
    org_id      text,
    state       text        NOT NULL CHECK (state IN ('firing', 'resolved')),
    since       timestamptz NOT NULL DEFAULT clock_timestamp(),
    text        text        NOT NULL,
    mend        jsonb,
    changes     integer     NOT NULL DEFAULT 1,
    told_state  text        CHECK (told_state IN ('firing', 'resolved')),
    told_at     timestamptz,
    fired_at    timestamptz,
    muted_until timestamptz
);
COMMENT ON TABLE alerts IS 'Problems that health has found: those of now, and those that were over lately.';
COMMENT ON COLUMN alerts.key IS 'stays while the sentence changes; letters, digits and . _ - only';
COMMENT ON COLUMN alerts.org_id IS 'null: the problem concerns all organisations';
COMMENT ON COLUMN alerts.since IS 'when it began or ended';
COMMENT ON COLUMN alerts.text IS 'one sentence with cause and remedy, as health said it last';
COMMENT ON COLUMN alerts.mend IS 'label, method and address of the call or page that helps';
COMMENT ON COLUMN alerts.changes IS 'changes of state since the last message about it';
COMMENT ON COLUMN alerts.told_state IS 'what the last message said; null: there was none';
COMMENT ON COLUMN alerts.told_at IS 'when that message was written';
COMMENT ON COLUMN alerts.fired_at IS 'when a message last said that it fires';
COMMENT ON COLUMN alerts.muted_until IS 'until then no message is written about it';

CREATE TABLE alert_messages (
    id            bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    message_id    text        NOT NULL DEFAULT 'msg_' || replace(CAST(gen_random_uuid() AS text), '-', ''),
    channel       text        NOT NULL,
    kind          text        NOT NULL DEFAULT 'alert' CHECK (kind IN ('alert', 'test')),
    alerts        jsonb       NOT NULL DEFAULT '[]',
    created_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    due_at        timestamptz NOT NULL DEFAULT clock_timestamp(),
    claimed_until timestamptz,
    attempts      integer     NOT NULL DEFAULT 0,
    error         text,
    sent_at       timestamptz,
    given_up_at   timestamptz
);
COMMENT ON TABLE alert_messages IS 'Messages to the channels, committed with the change of state that they tell of; one row for each channel.';
COMMENT ON COLUMN alert_messages.message_id IS 'the same at each attempt, so that a receiver knows a repetition: webhook-id, or Message-ID of a mail';
COMMENT ON COLUMN alert_messages.channel IS 'webhook or email';
COMMENT ON COLUMN alert_messages.alerts IS 'the changes that it tells of';
COMMENT ON COLUMN alert_messages.claimed_until IS 'until then one process is sending it';
COMMENT ON COLUMN alert_messages.error IS 'why the last attempt failed';
CREATE INDEX alert_messages_open ON alert_messages (channel, id) WHERE sent_at IS NULL AND given_up_at IS NULL;
CREATE INDEX alert_messages_sent ON alert_messages (channel, sent_at) WHERE sent_at IS NOT NULL;
CREATE INDEX alert_messages_given_up ON alert_messages (channel, given_up_at) WHERE given_up_at IS NOT NULL;

CREATE TABLE alert_watch (
    only_row         boolean     PRIMARY KEY DEFAULT true CHECK (only_row),
    process          text,
    process_until    timestamptz NOT NULL DEFAULT '-infinity',
    watched_at       timestamptz,
    gathered_at      timestamptz NOT NULL DEFAULT '-infinity',
    heartbeat_due_at timestamptz NOT NULL DEFAULT '-infinity',
    heartbeat_at     timestamptz,
    heartbeat_error  text
);
COMMENT ON TABLE alert_watch IS 'Who watches: one process at a time looks for changes and tells of them.';
COMMENT ON COLUMN alert_watch.process_until IS 'until then no other process watches, unless it is over';
COMMENT ON COLUMN alert_watch.gathered_at IS 'when several changes were last gathered in one message';
COMMENT ON COLUMN alert_watch.heartbeat_at IS 'when the heartbeat last reached its address';
COMMENT ON COLUMN alert_watch.heartbeat_error IS 'why the last heartbeat failed; null: it did not';
INSERT INTO alert_watch DEFAULT VALUES;
-- R__alerts.sql 5d956a9d724414ea
