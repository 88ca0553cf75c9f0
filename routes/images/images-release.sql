-- Returns a claim whose picture was not requested.
UPDATE item_images SET attempts = attempts - 1, next_at = '-infinity'
 WHERE org_id = :#${variable.org} AND zoho_item_id = :#${variable.claimed[item]} AND wanted_key = :#${variable.claimed[key]} AND attempts > 0
