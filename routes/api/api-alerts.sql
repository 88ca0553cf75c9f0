-- Firing problems first, then the newest first. Reads one row more than the page has. If that row exists, there is a next page, which begins after the last row of
-- this page.
WITH page AS (
    SELECT a.*, row_number() OVER (ORDER BY a.state, a.since DESC, a.key) AS place
      FROM alerts a
     WHERE a.state = coalesce(:#${variable.request[state]}, a.state)
       AND (CAST(:#${variable.org} AS text) IS NULL OR a.org_id = :#${variable.org})
       AND (CAST(:#${variable.request[afterKey]} AS text) IS NULL OR a.state > :#${variable.request[afterState]}
            OR a.state = :#${variable.request[afterState]} AND (a.since < CAST(:#${variable.request[afterSince]} AS timestamptz)
                OR a.since = CAST(:#${variable.request[afterSince]} AS timestamptz) AND a.key > :#${variable.request[afterKey]}))
     ORDER BY a.state, a.since DESC, a.key LIMIT :#${variable.request[limit]} + 1
)
SELECT CAST(json_build_object(
           'alerts', (SELECT coalesce(json_agg(json_build_object('key', a.key, 'org', a.org_id, 'state', a.state, 'since', a.since, 'text', a.text, 'toldAt', a.told_at,
                                 'mutedUntil', CASE WHEN a.muted_until > now() THEN a.muted_until END, 'mend', a.mend) ORDER BY a.state, a.since DESC, a.key), '[]')
                        FROM page a WHERE a.place <= :#${variable.request[limit]}),
           'next', (SELECT a.state || ' ' || to_char(a.since AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') || ' ' || a.key
                      FROM page a WHERE a.place = :#${variable.request[limit]} AND (SELECT count(*) FROM page) > :#${variable.request[limit]}),
           'channels', (SELECT coalesce(json_agg(json_build_object('channel', c.channel, 'lastSentAt', c.last_sent_at, 'waiting', c.waiting,
                                                                   'failingSince', c.failing_since, 'error', c.error) ORDER BY c.channel), '[]')
                          FROM alert_channels(string_to_array(:#${bean:alertChannels?method=names}, ',')) c)) AS text) AS alerts
