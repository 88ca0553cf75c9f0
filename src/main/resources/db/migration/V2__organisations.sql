-- Whose data is copied, and what Zoho last said of its limits for them.
CREATE TABLE organisations (
    org_id        text PRIMARY KEY,
    name          text,
    is_default    boolean     NOT NULL DEFAULT false,
    blocked_until timestamptz,          -- no call before this moment ...
    blocked_for   text,                 -- ... because of this: minute or day
    day_limit     integer,              -- x-rate-limit-limit
    day_remaining integer,              -- x-rate-limit-remaining
    day_resets_at timestamptz,          -- the answer's moment + x-rate-limit-reset
    created_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at    timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE UNIQUE INDEX organisations_one_default ON organisations (is_default) WHERE is_default;
