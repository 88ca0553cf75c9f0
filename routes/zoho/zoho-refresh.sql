SELECT zoho_token_answered(CAST(:#${variable.lease[connection_id]} AS bigint), CAST(:#${variable.lease[token_version]} AS bigint),
                           CAST(:#${variable.lease[request_id]} AS bigint), :#${variable.answered.outcome},
                           CAST(:#${variable.answered.accessToken} AS bytea),
                           CAST(:#${variable.answered.refreshAfterSeconds} AS bigint) * interval '1 second',
                           CAST(:#${variable.answered.lifeSeconds} AS bigint) * interval '1 second',
                           :#${variable.answered.apiUrl}, :#${variable.answered.scopes}, :#${variable.answered.toDo},
                           CAST(:#${variable.tokenRetryAfter} AS integer) * interval '1 second')
