UPDATE organisations SET books_missing_since = clock_timestamp() WHERE org_id = :#${variable.org}
