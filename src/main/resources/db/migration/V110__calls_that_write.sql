-- Calls of every Zoho product, and what they write. The ledger names product, records and credits; an organisation keeps what Zoho CRM
-- last said of its credits, its own id in Zoho Desk, and which bulk work waits for a slot.
-- R__calls.sql 4449eca8ee721c14
-- R__connections.sql e0af171735676aeb

ALTER TABLE zoho_calls
    ADD COLUMN product text,
    ADD COLUMN records integer,
    ADD COLUMN credits integer;
COMMENT ON COLUMN zoho_calls.product IS 'the first part of the path: inventory, books, billing, crm or desk';
COMMENT ON COLUMN zoho_calls.records IS 'how many records the call writes; null: it writes none';
COMMENT ON COLUMN zoho_calls.credits IS
    'what the call costs in Zoho CRM: 1 credit for each 10 records of a write, 1 for any other call; null: another product';

ALTER TABLE organisations
    ADD COLUMN desk_org_id           text,
    ADD COLUMN credits_remaining     integer,
    ADD COLUMN credits_at            timestamptz,
    ADD COLUMN credits_blocked_until timestamptz,
    ADD COLUMN pull_wanted_until     timestamptz,
    ADD COLUMN push_wanted_until     timestamptz;
COMMENT ON COLUMN organisations.desk_org_id IS 'the organisation''s id in Zoho Desk, which has ids of its own; null: Desk is not called';
COMMENT ON COLUMN organisations.credits_remaining IS
    'X-API-CREDITS-REMAINING of Zoho CRM. CRM sends it only after half of the credits of 24 hours are used';
COMMENT ON COLUMN organisations.credits_at IS 'when CRM said so';
COMMENT ON COLUMN organisations.credits_blocked_until IS 'no call is sent to CRM before this moment: its credits are used up. Other products go on';
COMMENT ON COLUMN organisations.pull_wanted_until IS 'a pull waits for a slot until about this moment, beside pushes';
COMMENT ON COLUMN organisations.push_wanted_until IS 'likewise a push, beside pulls';

DROP FUNCTION IF EXISTS zoho_take_slot(text, text, text, text, bigint, integer, integer, integer, interval, integer);
-- R__push.sql bb315fe5b16ceccf
