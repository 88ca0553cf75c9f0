-- Not asked for after all.
DELETE FROM detail_attempts
 WHERE org_id = :#${variable.org} AND entity = :#${variable.entity} AND zoho_id = CAST(:#${variable.detailId} AS text)
