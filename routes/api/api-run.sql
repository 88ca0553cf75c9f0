SELECT CAST(run AS text) AS run FROM sync_runs_api WHERE id = :#${variable.id}
