-- Returns at most 4 MB of payloads, but at least one letter, because the whole answer is in memory before it is sent. payloads=false leaves the payloads out.
-- With source, entity and reason the letters of one group are read by the index of reasons, in the order of their ids, and before= is an id. Otherwise the letter
-- that failed last comes first, and before= is a time and an id. PostgreSQL runs only the branch of the UNION whose condition is true.
SELECT CAST(json_build_object('deadLetters', coalesce(json_agg(json_build_object(
           'id', id, 'org', org_id, 'source', source, 'entity', entity, 'zohoId', zoho_id, 'error', error, 'reason', reason, 'attempts', attempts,
           'createdAt', created_at, 'failedAt', failed_at, 'replayedAt', replayed_at, 'runId', run_id, 'eventId', event_id,
           'payload', CASE WHEN CAST(:#${variable.request[payloads]} AS boolean) THEN payload END) ORDER BY place) FILTER (WHERE shown), '[]'),
           'cut', coalesce(bool_or(NOT shown AND place <= :#${variable.request[limit]}), false),
           'next', CASE WHEN bool_or(NOT shown)
                        THEN (array_agg(CASE WHEN CAST(:#${variable.request[reason]} AS text) IS NULL
                                             THEN to_json(to_char(failed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') || ',' || id) ELSE to_json(id) END
                                        ORDER BY place DESC) FILTER (WHERE shown))[1] END) AS text) AS letters
  FROM (SELECT counted.*, place <= :#${variable.request[limit]} AND (place = 1 OR bytes <= 4194304) AS shown
          FROM (SELECT newest.*, row_number() OVER newer AS place,
                       sum(CASE WHEN CAST(:#${variable.request[payloads]} AS boolean) THEN octet_length(payload) ELSE 0 END) OVER newer AS bytes
                  FROM (SELECT *
                          FROM (SELECT * FROM dead_letters
                                 WHERE org_id = :#${variable.org} AND closed_at IS NULL AND CAST(:#${variable.request[reason]} AS text) IS NULL
                                   AND (CAST(:#${variable.request[entity]} AS text) IS NULL OR entity = :#${variable.request[entity]})
                                   AND (CAST(:#${variable.request[source]} AS text) IS NULL OR source = :#${variable.request[source]})
                                   AND (CAST(:#${variable.request[run]} AS bigint) IS NULL OR run_id = :#${variable.request[run]})
                                   AND starts_with(error, coalesce(CAST(:#${variable.request[error]} AS text), ''))
                                   AND failed_at >= coalesce(CAST(:#${variable.request[since]} AS timestamptz), '-infinity')
                                   AND failed_at < coalesce(CAST(:#${variable.request[before]} AS timestamptz), 'infinity')
                                   AND (failed_at, id) < (coalesce(CAST(:#${variable.request[beforeTime]} AS timestamptz), 'infinity'),
                                                          coalesce(CAST(:#${variable.request[beforeId]} AS bigint), 9223372036854775807))
                                 ORDER BY failed_at DESC, id DESC LIMIT :#${variable.request[limit]} + 1) of_all
                        UNION ALL
                        SELECT *
                          FROM (SELECT * FROM dead_letters
                                 WHERE org_id = :#${variable.org} AND closed_at IS NULL AND source = :#${variable.request[source]}
                                   AND entity = :#${variable.request[entity]} AND reason >= CAST(:#${variable.request[reason]} AS text) AND reason <= CAST(:#${variable.request[reason]} AS text)
                                   AND starts_with(error, coalesce(CAST(:#${variable.request[error]} AS text), ''))
                                   AND failed_at >= coalesce(CAST(:#${variable.request[since]} AS timestamptz), '-infinity')
                                   AND failed_at < coalesce(CAST(:#${variable.request[before]} AS timestamptz), 'infinity')
                                   AND id < coalesce(CAST(:#${variable.request[beforeId]} AS bigint), 9223372036854775807)
                                 ORDER BY reason DESC, id DESC LIMIT :#${variable.request[limit]} + 1) of_a_group) newest
                WINDOW newer AS (ORDER BY CASE WHEN CAST(:#${variable.request[reason]} AS text) IS NULL THEN failed_at END DESC, id DESC ROWS UNBOUNDED PRECEDING)) counted) placed
