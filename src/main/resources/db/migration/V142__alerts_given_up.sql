-- Messages that a channel does not take are given up sooner, and told again.
-- R__alerts.sql 3bdb1667c1213dbd
-- claim_alert_message has a parameter more, which CREATE OR REPLACE cannot add.
DROP FUNCTION IF EXISTS claim_alert_message(text, interval);
