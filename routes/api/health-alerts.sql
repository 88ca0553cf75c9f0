-- The alerts in the health answer, as JSON. What an earlier heartbeat met is no problem once its address is removed.
SELECT CAST(json_build_object(
           'firing', (SELECT count(*) FROM alerts WHERE state = 'firing'),
           'muted', (SELECT count(*) FROM alerts WHERE state = 'firing' AND muted_until > now()),
           'watchedAt', w.watched_at,
           'heartbeatAt', w.heartbeat_at,
           'heartbeatError', CASE WHEN CAST(:#${bean:alertChannels?method=hasHeartbeat} AS boolean) THEN w.heartbeat_error END,
           'channels', (SELECT coalesce(json_agg(json_build_object('channel', c.channel, 'lastSentAt', c.last_sent_at, 'waiting', c.waiting,
                                                                   'failingSince', c.failing_since, 'error', c.error) ORDER BY c.channel), '[]')
                          FROM alert_channels(string_to_array(:#${bean:alertChannels?method=names}, ',')) c)) AS text) AS alerts
  FROM alert_watch w
