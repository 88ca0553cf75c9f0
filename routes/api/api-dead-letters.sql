-- At most 4 MB of payloads, but at least one letter, because the whole answer is in memory before it is sent.
SELECT CAST(json_build_object('deadLetters', coalesce(json_agg(json_build_object(
           'id', id, 'org', org_id, 'source', source, 'entity', entity, 'zohoId', zoho_id, 'error', error, 'attempts', attempts,
           'createdAt', created_at, 'failedAt', failed_at, 'replayedAt', replayed_at, 'runId', run_id, 'eventId', event_id,
           'payload', payload) ORDER BY failed_at DESC, id DESC) FILTER (WHERE place = 1 OR bytes <= 4194304), '[]'),
           'cut', coalesce(bool_or(place > 1 AND bytes > 4194304), false)) AS text) AS letters
  FROM (SELECT newest.*, row_number() OVER newer AS place, sum(octet_length(payload)) OVER newer AS bytes
          FROM (SELECT * FROM dead_letters
                 WHERE org_id = :#${variable.org} AND closed_at IS NULL
                   AND (CAST(:#${variable.request[entity]} AS text) IS NULL OR entity = :#${variable.request[entity]})
                   AND (CAST(:#${variable.request[source]} AS text) IS NULL OR source = :#${variable.request[source]})
                   AND starts_with(error, coalesce(CAST(:#${variable.request[error]} AS text), ''))
                   AND failed_at >= coalesce(CAST(:#${variable.request[since]} AS timestamptz), '-infinity')
                   AND failed_at < coalesce(CAST(:#${variable.request[before]} AS timestamptz), 'infinity')
                 ORDER BY failed_at DESC, id DESC LIMIT :#${variable.request[limit]}) newest
        WINDOW newer AS (ORDER BY failed_at DESC, id DESC ROWS UNBOUNDED PRECEDING)) counted
