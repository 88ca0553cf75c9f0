SELECT push_settle(:#${variable.accepted[org_id]}, :#${variable.accepted[target]}, CAST(:#${variable.accepted[claim]} AS bigint), NULL,
                   CAST(:#${variable.target.settings} AS jsonb),
                   push_handle_result(:#${variable.accepted[org_id]}, :#${variable.accepted[target]}, :#${variable.accepted[handle]}, CAST(:#${variable.results} AS jsonb), CAST(:#${variable.accepted[claim]} AS bigint)))
