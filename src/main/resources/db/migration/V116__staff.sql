-- Who may log in, and the browsers that are logged in. The user admin is in the settings.
CREATE TABLE staff (
    name             text        PRIMARY KEY CHECK (name ~ '^[a-z0-9][a-z0-9._@+-]{0,63}$' AND name NOT IN ('admin', 'scheduler', 'settings')),
    role             text        NOT NULL CHECK (role IN ('viewer', 'operator', 'admin')),
    password         text        NOT NULL CHECK (password LIKE '{bcrypt}%'),
    password_set_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    disabled_at      timestamptz,
    created_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    created_by       text        NOT NULL
);
COMMENT ON TABLE staff IS 'Members of staff and their roles, beside admin, whose password is in the settings.';
COMMENT ON COLUMN staff.role IS 'viewer reads; operator also starts, replays and releases; admin also connects, edits organisations and staff';
COMMENT ON COLUMN staff.password IS 'a hash, with the name of its method before it';
COMMENT ON COLUMN staff.disabled_at IS 'null: the user may log in';

CREATE TABLE staff_sessions (
    id         bytea       PRIMARY KEY,
    name       text        NOT NULL,
    role       text        CHECK (role IN ('viewer', 'operator', 'admin')),
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    seen_at    timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX staff_sessions_name ON staff_sessions (name, created_at);
COMMENT ON TABLE staff_sessions IS 'The browsers that are logged in, for all replicas.';
COMMENT ON COLUMN staff_sessions.id IS 'digest of the cookie and of the password of admin: whoever reads this table cannot use a session, and a new password of admin ends all';
COMMENT ON COLUMN staff_sessions.role IS 'of a user who has no row in staff: admin, and whoever logged in by OpenID Connect; null: staff has the role';
COMMENT ON COLUMN staff_sessions.seen_at IS 'of the last request, to the minute';
-- R__personal.sql c222fd0c3c4c6edf
