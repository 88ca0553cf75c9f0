-- The tables that grow: the tables with a retention in days, and the tables of Zoho's records.
SELECT g.metric, g.description, g.value, s.table_name AS "table"
  FROM table_sizes s
  JOIN retention t ON t.table_name = s.table_name AND (t.setting IS NOT NULL OR t.bounded_by = 'Records of Zoho')
  LEFT JOIN table_ages a ON a.table_name = s.table_name
 CROSS JOIN LATERAL (VALUES
       ('saddlebag.table.bytes', 'Size of a table with its indexes', s.bytes),
       ('saddlebag.table.rows', 'Rows of a table, as PostgreSQL estimates them', s.rows),
       ('saddlebag.table.oldest.seconds', 'Age of the oldest row of a table; absent where there is none', CAST(extract(epoch FROM clock_timestamp() - a.oldest) AS bigint))
       ) AS g(metric, description, value)
UNION ALL
SELECT 'saddlebag.database.bytes', 'Size of the database', pg_database_size(current_database()), NULL
