-- A claim lasts for twice the call's time-out. Items that Zoho refused in one call are requested one by one, after the others.
-- The items are found in a WITH of their own, which runs once. A subquery with LIMIT and SKIP LOCKED may run again for each row of the queue: then it
-- passes over what this statement has claimed, and finds the next item.
WITH first AS (
    SELECT refused FROM stock_queue
     WHERE org_id = :#${variable.org} AND claimed_until <= clock_timestamp() ORDER BY refused LIMIT 1
),
next AS (
    SELECT n.zoho_item_id FROM stock_queue n JOIN first f ON f.refused = n.refused
     WHERE n.org_id = :#${variable.org} AND n.claimed_until <= clock_timestamp()
     ORDER BY n.queued_at
     LIMIT (SELECT CASE f.refused WHEN 0 THEN CAST(:#${properties:saddlebag.pull.stock-batch-size} AS integer) ELSE 1 END FROM first f)
       FOR UPDATE OF n SKIP LOCKED
),
taken AS (
    UPDATE stock_queue q
       SET claimed_until = clock_timestamp() + 2 * CAST(:#${properties:zoho.call-timeout} AS interval)
      FROM next n
     WHERE q.org_id = :#${variable.org} AND q.zoho_item_id = n.zoho_item_id
    RETURNING q.zoho_item_id
)
SELECT string_agg(zoho_item_id, ',' ORDER BY zoho_item_id) AS ids FROM taken
