-- One that was named again after the request was sent stays: its stock may have moved since.
DELETE FROM stock_queue
 WHERE org_id = :#${variable.org} AND zoho_item_id = ANY (string_to_array(:#${variable.ids}, ','))
   AND queued_at < CAST(:#${variable.requestedAt} AS timestamptz)
