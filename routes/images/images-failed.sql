UPDATE item_images SET error = :#${variable.error}
 WHERE org_id = :#${variable.org} AND zoho_item_id = :#${variable.picked[item]}
