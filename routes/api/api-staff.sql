-- The members of staff, admin first. sessions counts browsers that are logged in or were so until the last night.
SELECT CAST(json_build_object('staff', json_agg(json_build_object(
           'name', u.name, 'role', u.role, 'disabledAt', u.disabled_at, 'passwordSetAt', u.password_set_at, 'createdAt', u.created_at,
           'createdBy', u.created_by, 'sessions', (SELECT count(*) FROM staff_sessions s WHERE s.name = u.name),
           'seenAt', (SELECT max(seen_at) FROM staff_sessions s WHERE s.name = u.name)) ORDER BY u.created_at NULLS FIRST, u.name)) AS text) AS staff
  FROM (SELECT 'admin' AS name, 'admin' AS role, CAST(NULL AS timestamptz) AS disabled_at, CAST(NULL AS timestamptz) AS password_set_at,
               CAST(NULL AS timestamptz) AS created_at, 'settings' AS created_by
        UNION ALL
        SELECT name, role, disabled_at, password_set_at, created_at, created_by FROM staff) u
