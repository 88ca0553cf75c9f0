-- Describes the thumbnail if it is requested and exists, else the picture.
SELECT w.zoho_item_id IS NOT NULL AS wanted, w.image_key IS NOT DISTINCT FROM w.wanted_key AS asked, coalesce(w.error, p.error) AS error,
       w.fetched_at, w.digest, t.small,
       CASE WHEN t.small THEN m.thumbnail_type ELSE m.media_type END AS media_type,
       CASE WHEN t.small THEN octet_length(m.thumbnail) ELSE m.bytes END AS bytes
  FROM products i
  LEFT JOIN item_images w ON w.org_id = i.org_id AND w.zoho_item_id = i.zoho_item_id
  LEFT JOIN image_pauses p ON p.org_id = i.org_id
  LEFT JOIN images m ON m.digest = w.digest
 CROSS JOIN LATERAL (SELECT CAST(:#${variable.request[thumbnail]} AS boolean) AND m.thumbnail IS NOT NULL AS small) t
 WHERE i.org_id = :#${variable.org} AND i.zoho_item_id = :#${variable.request[zohoId]} AND i.deleted_at IS NULL
