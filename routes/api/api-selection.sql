SELECT array_to_string(kinds, ',') AS kinds FROM organisations WHERE org_id = :#${variable.org}
