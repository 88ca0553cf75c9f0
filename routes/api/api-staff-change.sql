-- The given fields of a user; null stands for a field that was not given. The user's sessions end with the same commit, all but the caller's own.
WITH changed AS (
    UPDATE staff
       SET role            = coalesce(CAST(:#${variable.request[role]} AS text), role),
           password        = coalesce(CAST(:#${variable.request[password]} AS text), password),
           password_set_at = CASE WHEN CAST(:#${variable.request[password]} AS text) IS NULL THEN password_set_at ELSE clock_timestamp() END,
           disabled_at     = CASE CAST(:#${variable.request[disabled]} AS boolean)
                             WHEN true THEN coalesce(disabled_at, clock_timestamp()) WHEN false THEN NULL ELSE disabled_at END
     WHERE name = :#${variable.request[name]}
    RETURNING name),
ended AS (
    DELETE FROM staff_sessions s USING changed
     WHERE s.name IN (changed.name, 'oidc:' || changed.name) AND s.id <> decode(:#${variable.session}, 'hex'))
SELECT name FROM changed
