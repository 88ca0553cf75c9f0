-- Messages that a channel does not take are given up sooner, and told again. Rows of the audit stay for 400 days at least.
-- R__alerts.sql 3bdb1667c1213dbd
-- R__audit.sql 4c0b9cc63d10708d
-- claim_alert_message has a parameter more, which CREATE OR REPLACE cannot add.
DROP FUNCTION IF EXISTS claim_alert_message(text, interval);
