SELECT o.org_id, o.is_default, o.webhook_secret, array_to_string(o.kinds, ',') AS kinds,
       (SELECT CAST(coalesce(jsonb_object_agg(r.webhook_id, r.fingerprint), '{}') AS text)
          FROM webhook_registrations r WHERE r.org_id = o.org_id) AS registered
  FROM organisations o WHERE o.org_id = :#${variable.org}
