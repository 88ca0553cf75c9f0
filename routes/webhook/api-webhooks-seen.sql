SELECT CAST(json_build_object('org', CAST(:#${variable.org} AS text), 'webhooks', coalesce(json_agg(json_build_object(
           'product', s.product, 'name', w.name, 'module', w.module, 'entity', w.entity, 'event', w.event, 'state', w.state, 'rule', w.rule, 'url', w.url,
           'detail', w.detail, 'seenAt', s.seen_at) ORDER BY s.product, w.place), '[]')) AS text) AS seen
  FROM webhook_sightings s
 CROSS JOIN LATERAL (SELECT e.place, x.*
                       FROM jsonb_array_elements(s.webhooks) WITH ORDINALITY AS e(webhook, place)
                      CROSS JOIN jsonb_to_record(e.webhook) AS x(name text, module text, entity text, event text, state text, rule text, url text, detail text)) w
 WHERE s.org_id = :#${variable.org}
