-- Which secret and address a webhook was registered with in Zoho, which does not show secrets: the signature of the address.
CREATE TABLE webhook_registrations (
    org_id        text        NOT NULL,
    webhook_id    text        NOT NULL,
    fingerprint   text        NOT NULL,
    registered_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (org_id, webhook_id)
);
