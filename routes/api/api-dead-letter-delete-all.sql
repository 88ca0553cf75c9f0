WITH deleted AS (
    DELETE FROM dead_letters
     WHERE org_id = :#${variable.org} AND closed_at IS NULL
       AND (CAST(:#${variable.request[entity]} AS text) IS NULL OR entity = :#${variable.request[entity]})
       AND (CAST(:#${variable.request[source]} AS text) IS NULL OR source = :#${variable.request[source]})
       AND (CAST(:#${variable.request[reason]} AS text) IS NULL OR reason = :#${variable.request[reason]})
       AND starts_with(error, coalesce(CAST(:#${variable.request[error]} AS text), ''))
       AND failed_at >= coalesce(CAST(:#${variable.request[since]} AS timestamptz), '-infinity')
       AND failed_at < coalesce(CAST(:#${variable.request[before]} AS timestamptz), 'infinity')
    RETURNING 1
)
SELECT CAST(json_build_object('deleted', count(*)) AS text) AS answer FROM deleted
