SELECT r.org, r.entity, deletes_list(r) AS list FROM sync_runs r WHERE r.id = :#${variable.id}
