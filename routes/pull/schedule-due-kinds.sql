-- With org: every kind of the organisation whose own schedule fired. Without: every kind of each connected organisation that follows the schedule
-- of the settings. With entity: only that kind, of all connected organisations.
SELECT o.org_id AS org, k.entity, CAST(:#${variable.mode} AS text) AS mode, 'timer' AS trigger
  FROM organisations o CROSS JOIN unnest(string_to_array(:#${bean:kinds?method=list}, ',')) AS k(entity)
 WHERE o.connection_id IS NOT NULL AND (o.kinds IS NULL OR k.entity = ANY (o.kinds))
   AND k.entity = coalesce(CAST(:#${variable.entity} AS text), k.entity)
   AND CASE WHEN CAST(:#${variable.entity} AS text) IS NOT NULL THEN true
            WHEN CAST(:#${variable.org} AS text) IS NOT NULL THEN o.org_id = :#${variable.org}
            ELSE coalesce(CASE :#${variable.mode} WHEN 'full' THEN o.full_cron ELSE o.pull_cron END, o.timezone) IS NULL END
 ORDER BY o.org_id, k.entity
