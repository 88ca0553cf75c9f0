SELECT CAST(coalesce(array_agg(id), '{}') AS text) AS marked, count(*) AS deleted
  FROM mark_deleted(:#${variable.org}, :#${variable.table}, :#${variable.keyColumn}, CAST(:#${variable.proof.goneJson} AS jsonb)) AS id
