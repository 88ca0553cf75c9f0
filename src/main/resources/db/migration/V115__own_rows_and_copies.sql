-- Products made here, and which database may write to Zoho.
-- afterMigrate__writers.sql f089161244221ed5
-- afterMigrate__readers.sql a0247dc0f6cd0af5
-- R__copies.sql 6ac79d7e2ead1576
-- R__prices.sql 7a89f5383100efc3
-- R__own_rows.sql d2bd2b90aac5396a

UPDATE products SET made_here = true WHERE zoho_item_id IS NULL AND NOT made_here;

CREATE TABLE push_guard (
    only_row          boolean     PRIMARY KEY DEFAULT true CHECK (only_row),
    address           text        NOT NULL,
    system_identifier text        NOT NULL,
    confirmed_by      text        NOT NULL,
    confirmed_at      timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE push_guard IS 'The database that writes to Zoho. Elsewhere its copies find another address or server, and write nothing until a person confirms them.';
COMMENT ON COLUMN push_guard.address IS 'host, port and name of DATABASE_URL, or the folder of the embedded server';
COMMENT ON COLUMN push_guard.system_identifier IS 'of the server, as initdb made it; hidden: the role of DATABASE_URL may not read it';
COMMENT ON COLUMN push_guard.confirmed_by IS 'who confirmed it; the first start confirms itself';

-- db/functions makes these anew, with the process as a further parameter.
DROP FUNCTION IF EXISTS push_refused_because(text, text);
DROP FUNCTION IF EXISTS push_claim(bigint, integer, text, text, text, text, jsonb, interval);
-- R__push_plan.sql 9dcc63c1e0ebdc05
-- R__push.sql 747d9cf155bae071
