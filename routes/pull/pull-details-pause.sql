-- What is wrong is wrong for every record of the kind: a missing scope, a statement that does not fit its table.
UPDATE detail_progress
   SET failures = failures + 1, error = :#${variable.error},
       next_at = clock_timestamp() + pause_after(failures + 1, CAST(:#${properties:saddlebag.pull.details-again} AS interval))
 WHERE org_id = :#${variable.org} AND entity = :#${variable.entity}
