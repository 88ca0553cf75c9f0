UPDATE item_images
   SET image_key = :#${variable.picked[key]}, digest = NULL, error = :#${variable.error}, attempts = 0, next_at = '-infinity',
       fetched_at = clock_timestamp()
 WHERE org_id = :#${variable.org} AND zoho_item_id = :#${variable.picked[item]}
