-- Every target of every connected organisation, or of one organisation.
SELECT CAST(json_build_object('targets', coalesce(json_agg(json_build_object(
           'org', o.org_id, 'target', n.name, 'state', coalesce(p.state, 'off'),
           'counts', json_build_object('ok', coalesce(p.ok, 0), 'failed', coalesce(p.failed, 0), 'refused', coalesce(p.refused, 0),
                                       'waiting', coalesce(p.waiting, 0), 'unknown', coalesce(p.unknown, 0), 'held', coalesce(p.held, 0),
                                       'accepted', coalesce(p.accepted, 0), 'gone', coalesce(p.gone, 0), 'never', p.never),
           'oldestDue', p.oldest_due, 'successShare', p.success_share, 'plannedRun', p.planned_run, 'checkedAt', p.checked_at, 'checkError', p.check_error,
           'lastRun', (SELECT r.run FROM sync_runs_api r -- by start, for which there is an index: a target without a run would have all runs read
                        WHERE r.id = (SELECT s.id FROM sync_runs s WHERE s.org = o.org_id AND s.entity = n.name ORDER BY s.started_at DESC, s.id DESC LIMIT 1)))
           ORDER BY o.org_id, n.place), '[]'))
       AS text) AS targets
  FROM organisations o
 CROSS JOIN unnest(string_to_array(:#${bean:targets?method=orderList}, ',')) WITH ORDINALITY AS n(name, place)
  LEFT JOIN push_summary p ON p.org_id = o.org_id AND p.target = n.name
 WHERE CASE WHEN CAST(:#${variable.org} AS text) IS NULL THEN o.connection_id IS NOT NULL ELSE o.org_id = :#${variable.org} END
