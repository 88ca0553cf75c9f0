-- Every kind of every organisation that is connected and follows the clock of the settings.
SELECT o.org_id AS org, k.entity
  FROM organisations o CROSS JOIN unnest(string_to_array(:#${bean:kinds?method=list}, ',')) AS k(entity)
 WHERE o.connection_id IS NOT NULL
   AND CASE :#${variable.mode} WHEN 'full' THEN o.full_cron ELSE o.pull_cron END IS NULL
 ORDER BY o.org_id, k.entity
