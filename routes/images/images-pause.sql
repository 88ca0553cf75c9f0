INSERT INTO image_pauses AS p (org_id, error, next_at)
VALUES (:#${variable.org}, :#${variable.error}, clock_timestamp() + CAST(:#${properties:saddlebag.images.again} AS interval))
    ON CONFLICT (org_id) DO UPDATE
   SET error = EXCLUDED.error, failures = p.failures + 1, since = clock_timestamp(),
       next_at = clock_timestamp() + pause_after(p.failures + 1, CAST(:#${properties:saddlebag.images.again} AS interval))
