-- Gives back the claim of a picture that was not fetched because of a limit of Zoho or a fault of the connection: the attempt does not count, and the
-- picture is due at once.
UPDATE item_images SET attempts = attempts - 1, next_at = '-infinity'
 WHERE org_id = :#${variable.org} AND zoho_item_id = :#${variable.claimed[item]} AND wanted_key = :#${variable.claimed[key]} AND attempts > 0
