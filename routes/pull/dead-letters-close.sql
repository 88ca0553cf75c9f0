-- A good version of the record was stored, or found to be stored already.
UPDATE dead_letters
   SET closed_at = clock_timestamp()
 WHERE org_id = :#${variable.org} AND entity = :#${variable.entity} AND closed_at IS NULL
   AND zoho_id = ANY (CAST(:#${variable.page.goodIds} AS text[]))
