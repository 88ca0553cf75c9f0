-- How long rows stay. Each table has either a setting with a number of days, or a reason why it does not grow without end.

-- A table that is not listed here does not belong to Saddlebag. RetentionIT compares the view with the tables that exist.
CREATE OR REPLACE VIEW retention AS
SELECT r.table_name, r.setting, r.bounded_by
  FROM (VALUES
       -- Trimmed every night.
       ('record_changes', NULL, 'saddlebag.history.days'),
       ('sync_runs', 'The newest run and the newest success of each mode, and runs with deletes that wait for a person, stay', 'saddlebag.history.days'),
       ('run_steps', 'Rows go with their run', 'saddlebag.history.days'),
       ('run_created', 'Rows go with their run', 'saddlebag.history.days'),
       ('sync_reports', 'Rows go with their run', 'saddlebag.history.days'),
       ('sync_deletes', 'Rows go with their run', 'saddlebag.history.days'),
       ('data_quality', 'Rows go with their run; the newest of a kind stay', 'saddlebag.history.days'),
       ('push_reads', 'Rows go with the report of their run, at the latest with the run', 'saddlebag.history.days'),
       ('dead_letters', 'Open letters stay until they are replayed or deleted', 'saddlebag.history.days'),
       ('letter_replays', NULL, 'saddlebag.history.days'),
       ('replaced_connections', NULL, 'saddlebag.audit.days'),
       ('audit_log', NULL, 'saddlebag.audit.days'),
       ('alerts', 'Problems that are firing or muted stay', 'saddlebag.alerts.keep-days'),
       ('alert_messages', 'The last message of each channel stays', 'saddlebag.alerts.keep-days'),
       ('push_log', NULL, 'saddlebag.push.log-days'),
       ('webhook_events', 'Pending events stay, and dead ones as long as their dead letter', 'saddlebag.webhook.keep-days'),
       ('webhook_counts', NULL, 'saddlebag.webhook.keep-days'),
       ('poll_findings', NULL, 'saddlebag.webhook.keep-days'),
       ('zoho_calls', NULL, 'zoho.ledger-days'),

       -- Trimmed as soon as the rows are no longer needed; bounded_by says which rows are.
       ('sync_pages', 'Runs that can be resumed (saddlebag.pull.resume-within)', NULL),
       ('token_requests', 'One day', NULL),
       ('missing_scopes', 'One day', NULL),
       ('oauth_states', 'One day', NULL),
       ('staff_sessions', 'Browsers that are logged in', NULL),
       ('images', 'Pictures that an item shows', NULL),
       ('detail_attempts', 'Records that lack their details', NULL),
       ('stock_queue', 'Items whose stock is to be fetched', NULL),
       ('push_handles', 'Batches without a result', NULL),
       ('timer_replicas', 'Processes that run', NULL),

       -- As many rows as there are things of that sort.
       ('products', 'Records of Zoho', NULL), ('customers', 'Records of Zoho', NULL),
       ('invoices', 'Records of Zoho', NULL), ('invoice_lines', 'Records of Zoho', NULL),
       ('bills', 'Records of Zoho', NULL), ('bill_lines', 'Records of Zoho', NULL),
       ('stock_adjustments', 'Records of Zoho', NULL), ('stock_adjustment_lines', 'Records of Zoho', NULL),
       ('customer_payments', 'Records of Zoho', NULL), ('customer_payment_allocations', 'Records of Zoho', NULL),
       ('price_lists', 'Records of Zoho', NULL), ('product_prices', 'Records of Zoho', NULL),
       ('product_price_brackets', 'Records of Zoho', NULL), ('product_stock', 'Records of Zoho', NULL),
       ('records', 'Records of Zoho', NULL), ('item_images', 'Records of Zoho', NULL),
       ('push_state', 'Records of push targets', NULL), ('push_targets', 'Push targets', NULL),
       ('organisations', 'Organisations', NULL), ('connections', 'Organisations', NULL), ('image_pauses', 'Organisations', NULL),
       ('webhook_registrations', 'Webhooks in Zoho', NULL), ('webhook_sightings', 'Organisations', NULL), ('detail_progress', 'Kinds', NULL), ('sync_watermarks', 'Kinds', NULL),
       ('scheduled_runs', 'Kinds', NULL),
       ('staff', 'Members of staff', NULL), ('price_settings', 'One row', NULL), ('push_guard', 'One row', NULL),
       ('alert_watch', 'One row', NULL), ('work_locks', 'Kinds of work', NULL), ('flyway_schema_history', 'Migrations', NULL),
       ('qrtz_blob_triggers', 'Timers', NULL), ('qrtz_calendars', 'Timers', NULL), ('qrtz_cron_triggers', 'Timers', NULL),
       ('qrtz_fired_triggers', 'Timers', NULL), ('qrtz_job_details', 'Timers', NULL), ('qrtz_locks', 'Timers', NULL),
       ('qrtz_paused_trigger_grps', 'Timers', NULL), ('qrtz_scheduler_state', 'Processes that run', NULL),
       ('qrtz_simple_triggers', 'Timers', NULL), ('qrtz_simprop_triggers', 'Timers', NULL), ('qrtz_triggers', 'Timers', NULL)
       ) AS r(table_name, bounded_by, setting);

-- Sizes come from PostgreSQL's catalogue and statistics, so no rows are counted. A partitioned table has the sum of its partitions. rows: null if PostgreSQL knows
-- no number yet, which is so for a table that was not analysed, and whose statistics were lost with a crash or a restore.
CREATE OR REPLACE VIEW table_sizes AS
SELECT t.relname AS table_name, CAST(sum(pg_total_relation_size(c.oid)) AS bigint) AS bytes, CASE WHEN count(n.rows) = count(*) THEN CAST(sum(n.rows) AS bigint) END AS rows
  FROM pg_class t
  LEFT JOIN LATERAL pg_partition_tree(t.oid) p ON p.isleaf
  JOIN pg_class c ON c.oid = coalesce(p.relid, t.oid)
 CROSS JOIN LATERAL (SELECT CASE WHEN pg_stat_get_live_tuples(c.oid) > 0 THEN pg_stat_get_live_tuples(c.oid)
                                 WHEN pg_relation_size(c.oid) = 0 THEN 0
                                 WHEN c.reltuples >= 0 THEN CAST(c.reltuples AS bigint) END AS rows) n
 WHERE t.relnamespace = to_regnamespace(current_schema()) AND t.relkind IN ('r', 'p') AND NOT t.relispartition
 GROUP BY t.relname;

-- The time of the oldest row of each table that is trimmed. Ids grow with time, so of a table with an id only one row is read.
CREATE OR REPLACE VIEW table_ages AS
SELECT 'record_changes' AS table_name, (SELECT changed_at FROM record_changes ORDER BY id LIMIT 1) AS oldest
UNION ALL SELECT 'zoho_calls', (SELECT at FROM zoho_calls ORDER BY id LIMIT 1)
UNION ALL SELECT 'webhook_events', (SELECT received_at FROM webhook_events ORDER BY id LIMIT 1)
UNION ALL SELECT 'push_log', (SELECT at FROM push_log ORDER BY id LIMIT 1)
UNION ALL SELECT 'sync_runs', (SELECT started_at FROM sync_runs ORDER BY id LIMIT 1)
UNION ALL SELECT 'dead_letters', (SELECT created_at FROM dead_letters ORDER BY id LIMIT 1)
UNION ALL SELECT 'replaced_connections', (SELECT replaced_at FROM replaced_connections ORDER BY id LIMIT 1)
UNION ALL SELECT 'audit_log', (SELECT at FROM audit_log ORDER BY id LIMIT 1)
UNION ALL SELECT 'alert_messages', (SELECT created_at FROM alert_messages ORDER BY id LIMIT 1)
UNION ALL SELECT 'letter_replays', (SELECT min(started_at) FROM letter_replays)
UNION ALL SELECT 'alerts', (SELECT min(since) FROM alerts)
UNION ALL SELECT 'webhook_counts', (SELECT min(hour) FROM webhook_counts)
UNION ALL SELECT 'poll_findings', (SELECT min(found_at) FROM poll_findings)
UNION ALL SELECT 'data_quality', (SELECT min(at) FROM data_quality);
