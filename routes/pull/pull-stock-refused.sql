-- Items refused in one call will be requested one by one. An item refused by itself leaves the queue: the next full run reads it.
WITH given_up AS (
    DELETE FROM stock_queue
     WHERE org_id = :#${variable.org} AND zoho_item_id = ANY (string_to_array(:#${variable.claimed}, ',')) AND refused > 0
)
UPDATE stock_queue SET refused = 1, claimed_until = '-infinity'
 WHERE org_id = :#${variable.org} AND zoho_item_id = ANY (string_to_array(:#${variable.claimed}, ',')) AND refused = 0
