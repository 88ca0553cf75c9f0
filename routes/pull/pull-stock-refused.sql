-- Items that Zoho refused in one call are requested one by one from now on. An item that Zoho refused alone leaves the queue; the next full run
-- reads it.
WITH given_up AS (
    DELETE FROM stock_queue
     WHERE org_id = :#${variable.org} AND zoho_item_id = ANY (string_to_array(:#${variable.claimed}, ',')) AND refused > 0
)
UPDATE stock_queue SET refused = 1, claimed_until = '-infinity'
 WHERE org_id = :#${variable.org} AND zoho_item_id = ANY (string_to_array(:#${variable.claimed}, ',')) AND refused = 0
