-- Refused together, they are asked for one by one; refused alone, an item is left to the next full run.
WITH given_up AS (
    DELETE FROM stock_queue
     WHERE org_id = :#${variable.org} AND zoho_item_id = ANY (string_to_array(:#${variable.ids}, ',')) AND refused > 0
)
UPDATE stock_queue SET refused = 1, claimed_until = '-infinity'
 WHERE org_id = :#${variable.org} AND zoho_item_id = ANY (string_to_array(:#${variable.ids}, ',')) AND refused = 0
