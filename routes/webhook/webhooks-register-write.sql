INSERT INTO webhook_registrations (org_id, webhook_id, fingerprint)
VALUES (:#${variable.org}, :#${variable.wanted.webhookId}, :#${variable.fingerprint})
    ON CONFLICT (org_id, webhook_id) DO UPDATE SET fingerprint = EXCLUDED.fingerprint, registered_at = clock_timestamp()
