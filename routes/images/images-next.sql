-- Claims the picture of an organisation that is due first. Claims none if the calls left today are no more than saddlebag.images.reserve-percent of the daily
-- quota. While the quota is unknown, pictures are fetched. A claim expires by itself.
-- A picture that could not be fetched is retried after four times as long, up to a day. A new consent ends a pause.
-- The picture is found in a WITH of its own, which runs once; see pull-stock-next.sql.
WITH lacking AS (
    SELECT l.org_id, l.zoho_item_id
      FROM item_images l
     WHERE l.org_id = :#${variable.org} AND l.image_key IS DISTINCT FROM l.wanted_key AND l.next_at <= clock_timestamp()
       AND coalesce(CAST(:#${variable.indexInTick} AS integer) + 1, 0) < CAST(:#${properties:saddlebag.images.batch-size} AS integer)
       AND NOT EXISTS (SELECT 1 FROM image_pauses p
                         JOIN organisations o ON o.org_id = p.org_id
                         JOIN connections c ON c.id = o.connection_id
                        WHERE p.org_id = l.org_id AND p.next_at > clock_timestamp() AND p.since > c.connected_at)
       AND (SELECT coalesce(q.day_remaining
                            > CAST(q.day_limit AS bigint) * CAST(:#${properties:saddlebag.images.reserve-percent} AS integer) / 100, true)
              FROM zoho_quotas(CAST(:#${properties:zoho.calls-per-minute} AS integer),
                               CAST(NULLIF(:#${properties:zoho.calls-per-day}, '') AS integer),
                               CAST(:#${properties:zoho.call-timeout} AS interval)) q
             WHERE q.org_id = :#${variable.org})
     ORDER BY l.next_at, l.zoho_item_id
     LIMIT 1
       FOR UPDATE OF l SKIP LOCKED
)
UPDATE item_images i
   SET attempts = i.attempts + 1,
       next_at = clock_timestamp() + pause_after(i.attempts + 1, CAST(:#${properties:saddlebag.images.retry-after} AS interval))
  FROM lacking
 WHERE i.org_id = lacking.org_id AND i.zoho_item_id = lacking.zoho_item_id
RETURNING i.zoho_item_id AS item, i.wanted_key AS key, i.attempts
