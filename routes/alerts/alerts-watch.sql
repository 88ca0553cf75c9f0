SELECT key, state, text
  FROM watch_alerts(:#${bean:alertWatch?method=process}, CAST(:#${variable.findings} AS jsonb), string_to_array(:#${bean:alertChannels?method=names}, ','),
                    CAST(:#${properties:saddlebag.alerts.quiet} AS interval), CAST(:#${properties:saddlebag.alerts.gather-above} AS integer))
