-- Where whole tables are not read (enable_seqscan), the settings' only row is found by an index. Reading it as a table raised each
-- plan with it to a cost of 1e10, from which PostgreSQL derives to compile it.
CREATE INDEX price_settings_whole ON price_settings (only_row) INCLUDE (default_list, default_currency);
