-- The content lies unpacked, so that PostgreSQL reads no more of it than this.
SELECT substring(CASE WHEN CAST(:#${variable.small} AS boolean) THEN thumbnail ELSE content END
                 FROM CAST(:#${variable.from} AS integer) FOR CAST(:#${variable.length} AS integer)) AS slice
  FROM images WHERE digest = :#${variable.digest}
