SELECT zoho_token_answered(CAST(:#${variable.token[connection_id]} AS bigint), CAST(:#${variable.token[token_version]} AS bigint),
                           CAST(:#${variable.token[request_id]} AS bigint), :#${variable.tokenAnswer.outcome},
                           CAST(:#${variable.tokenAnswer.accessToken} AS bytea),
                           CAST(:#${variable.tokenAnswer.refreshAfterSeconds} AS bigint) * interval '1 second',
                           CAST(:#${variable.tokenAnswer.lifeSeconds} AS bigint) * interval '1 second',
                           :#${variable.tokenAnswer.apiUrl}, :#${variable.tokenAnswer.scopes}, :#${variable.tokenAnswer.toDo},
                           CAST(:#${variable.tokenRetryAfter} AS integer) * interval '1 second')
