SELECT CAST(json_build_object('channels', coalesce(json_agg(json_build_object('channel', c.channel, 'lastSentAt', c.last_sent_at, 'waiting', c.waiting,
                                                                              'failingSince', c.failing_since, 'error', c.error) ORDER BY c.channel), '[]')) AS text) AS channels
  FROM alert_channels(string_to_array(:#${bean:alertChannels?method=names}, ',')) c
