-- Runs that take back what another run wrote keep for each row, from the claim on, the body that they take back.
-- db/functions makes push_judged anew, with a further column.
DROP FUNCTION IF EXISTS push_judged(text, text, jsonb, jsonb, push_row[]);
DROP FUNCTION IF EXISTS push_hold_reverted(bigint, text, text, text, bigint);

ALTER TABLE push_targets ADD COLUMN check_note text;
COMMENT ON COLUMN push_targets.check_note IS 'what the last check could not find out, and a person is asked to look at; null: nothing';
COMMENT ON COLUMN organisations.push IS
    'settings of push targets: uniqueField, the custom field of Books with own references, which takes no duplicates; uniqueFieldProved, the field of which a person '
    'saw that; customFields, its id by kind of document ({"salesorder": "460000000099001"}), as a plan learnt it; accountId, purchaseAccountId, inventoryAccountId, '
    'taxId and locationId, which items get that name none of their own';
-- R__push_decisions.sql c1789ab51a3070b4
-- R__connections.sql de06020993d31015
-- R__push.sql f0c2c29e4e67f18a
-- R__push_plan.sql 8195b2e35d1d03ce
