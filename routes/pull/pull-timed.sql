-- Whether the clock's run is worth its calls: changes can be asked for, or nobody has read the whole list for a while.
SELECT :#${variable.mode} = 'full' OR coalesce(:#${variable.sinceParameter}, :#${variable.modifiedColumn}) IS NOT NULL
    OR NOT EXISTS (SELECT 1 FROM sync_runs r
                    WHERE r.org = :#${variable.org} AND r.entity = :#${variable.entity} AND r.status IN ('succeeded', 'partial')
                      AND r.finished_at > clock_timestamp() - CAST(:#${properties:saddlebag.pull.whole-lists-every} AS interval)) AS due
