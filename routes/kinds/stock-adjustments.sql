-- Maps inventory adjustments to rows of stock_adjustments and, where the answer has their lines, to rows of stock_adjustment_lines. Inserts new rows and
-- updates changed ones.
-- In: :?records, a JSON array of the records of one answer of Zoho, of a webhook, or of stored rows whose mapping is applied again.
-- Returns a row for each record that it wrote. created: true = inserted, false = changed, null = only the column shapes changed. A record that changes nothing
-- is neither written nor locked, and neither is a line.
-- With :?ignoreVersion each record is taken, whatever the version of its row. A tombstone stays.
WITH newer AS (
    SELECT t.id, s.zoho_id, m.source, m.shapes, m.differs, s.modified, parts_of(s.source, m.gone, m.source, 'line_items') AS lines
      FROM sent_records(CAST(:?records AS jsonb), 'inventory_adjustment_id') s
      LEFT JOIN stock_adjustments t ON t.org_id = :?org AND t.zoho_adjustment_id = s.zoho_id
     CROSS JOIN LATERAL merged(t.source, t.shapes, s.source, :?shape) m
     WHERE t.id IS NULL OR version_wins(CAST(:?ignoreVersion AS boolean), s.modified, CAST(:?requestedAt AS timestamptz),
                                        t.zoho_modified_at, t.requested_at, t.deleted_at)
),
mapped AS (
    SELECT n.id, n.zoho_id, n.source, n.shapes, n.differs, n.modified, n.lines IS NOT NULL AS has_lines,
           zoho_date('date', r.date)                 AS adjustment_date,
           NULLIF(r.reason, '')                      AS reason,
           NULLIF(r.adjustment_type, '')             AS adjustment_type,
           NULLIF(r.status, '')                      AS status,
           NULLIF(r.reference_number, '')            AS reference_number,
           zoho_number('total', r.total)             AS total,
           zoho_time('created_time', r.created_time) AS zoho_created_at,
           zoho_version(r.last_modified_time)        AS zoho_modified_at
      FROM newer n
     CROSS JOIN LATERAL jsonb_to_record(n.source) AS r(
           date text, reason text, adjustment_type text, status text, reference_number text, total text, created_time text,
           last_modified_time text)
),
listed AS (
    SELECT n.zoho_id, n.lines, ARRAY(SELECT l.line_id FROM sent_lines(n.lines, 'line_item_id') l) AS line_ids
      FROM newer n WHERE n.lines IS NOT NULL
),
lines_gone AS (
    DELETE FROM stock_adjustment_lines o USING listed m
     WHERE o.org_id = :?org AND o.zoho_adjustment_id = m.zoho_id AND o.zoho_line_id <> ALL (m.line_ids)
),
lines AS (
    SELECT m.zoho_id, l.line_id, l.place, l.source,
           NULLIF(r.item_id, '')                                            AS zoho_item_id,
           NULLIF(r.name, '')                                               AS name,
           NULLIF(r.sku, '')                                                AS sku,
           NULLIF(r.description, '')                                        AS description,
           zoho_number('line_items.quantity_adjusted', r.quantity_adjusted) AS quantity_adjusted,
           zoho_number('line_items.value_adjusted', r.value_adjusted)       AS value_adjusted,
           NULLIF(r.unit, '')                                               AS unit,
           zoho_number('line_items.item_total', r.item_total)               AS item_total,
           NULLIF(r.adjustment_account_id, '')                              AS account_id,
           NULLIF(r.location_id, '')                                        AS location_id
      FROM listed m
     CROSS JOIN LATERAL sent_lines(m.lines, 'line_item_id') l
     CROSS JOIN LATERAL jsonb_to_record(l.source) AS r(
           item_id text, name text, sku text, description text, quantity_adjusted text, value_adjusted text,
           unit text, item_total text, adjustment_account_id text, location_id text)
),
lines_written AS (
    INSERT INTO stock_adjustment_lines AS t (org_id, zoho_adjustment_id, zoho_line_id, position, zoho_item_id, name,
                                             sku, description, quantity_adjusted, value_adjusted, unit, item_total,
                                             account_id, location_id, source)
    SELECT :?org, l.zoho_id, l.line_id, l.place, l.zoho_item_id, l.name, l.sku, l.description, l.quantity_adjusted,
           l.value_adjusted, l.unit, l.item_total, l.account_id, l.location_id, l.source
      FROM lines l
      LEFT JOIN stock_adjustment_lines o ON o.org_id = :?org AND o.zoho_adjustment_id = l.zoho_id AND o.zoho_line_id = l.line_id
     WHERE (o.position, o.zoho_item_id, o.name, o.sku, o.description, o.quantity_adjusted, o.value_adjusted, o.unit,
            o.item_total, o.account_id, o.location_id, o.source)
           IS DISTINCT FROM
           (l.place, l.zoho_item_id, l.name, l.sku, l.description, l.quantity_adjusted, l.value_adjusted, l.unit,
            l.item_total, l.account_id, l.location_id, l.source)
     ORDER BY l.zoho_id, l.place
        ON CONFLICT (org_id, zoho_adjustment_id, zoho_line_id) DO UPDATE
       SET position = EXCLUDED.position, zoho_item_id = EXCLUDED.zoho_item_id, name = EXCLUDED.name,
           sku = EXCLUDED.sku, description = EXCLUDED.description, quantity_adjusted = EXCLUDED.quantity_adjusted,
           value_adjusted = EXCLUDED.value_adjusted, unit = EXCLUDED.unit, item_total = EXCLUDED.item_total,
           account_id = EXCLUDED.account_id, location_id = EXCLUDED.location_id, source = EXCLUDED.source,
           updated_at = clock_timestamp()
)
INSERT INTO stock_adjustments AS t (org_id, zoho_adjustment_id, adjustment_date, reason, adjustment_type, status,
                                    reference_number, total, zoho_created_at, zoho_modified_at, detailed, source, shapes,
                                    requested_at, updated_at)
SELECT :?org, m.zoho_id, m.adjustment_date, m.reason, m.adjustment_type, m.status, m.reference_number, m.total, m.zoho_created_at,
       m.zoho_modified_at, d.detailed,
       m.source, m.shapes, CAST(:?requestedAt AS timestamptz), CASE WHEN c.changed THEN clock_timestamp() ELSE p.updated_at END
  FROM mapped m
  LEFT JOIN stock_adjustments p ON p.id = m.id
 CROSS JOIN LATERAL (
       SELECT (p.adjustment_date, p.reason, p.adjustment_type, p.status, p.reference_number, p.total, p.zoho_created_at,
               p.zoho_modified_at)
              IS NOT DISTINCT FROM
              (m.adjustment_date, m.reason, m.adjustment_type, m.status, m.reference_number, m.total, m.zoho_created_at,
               m.zoho_modified_at) AS columns) same
 CROSS JOIN LATERAL (
       SELECT still_detailed(CAST(:?ignoreVersion AS boolean), m.has_lines OR :?shape = 'record', m.modified, same.columns, p.detailed, p.zoho_modified_at)) AS d(detailed)
 CROSS JOIN LATERAL (
       SELECT p.id IS NULL OR p.deleted_at IS NOT NULL AND NOT CAST(:?ignoreVersion AS boolean) OR m.differs OR NOT same.columns
              OR p.detailed <> d.detailed) AS c(changed)
 WHERE c.changed OR p.shapes <> m.shapes
 ORDER BY m.zoho_id
    ON CONFLICT (org_id, zoho_adjustment_id) DO UPDATE
   SET adjustment_date = EXCLUDED.adjustment_date, reason = EXCLUDED.reason,
       adjustment_type = EXCLUDED.adjustment_type, status = EXCLUDED.status,
       reference_number = EXCLUDED.reference_number, total = EXCLUDED.total, zoho_created_at = EXCLUDED.zoho_created_at,
       zoho_modified_at = EXCLUDED.zoho_modified_at, detailed = EXCLUDED.detailed, source = EXCLUDED.source,
       shapes = EXCLUDED.shapes, requested_at = coalesce(EXCLUDED.requested_at, t.requested_at),
       deleted_at = CASE WHEN CAST(:?ignoreVersion AS boolean) THEN t.deleted_at END, updated_at = EXCLUDED.updated_at
RETURNING t.zoho_adjustment_id AS zoho_id, CASE WHEN t.updated_at >= statement_timestamp() THEN t.xmax = 0 END AS created
