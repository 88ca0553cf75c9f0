SELECT CASE WHEN CAST(:#${variable.stored[small]} AS boolean) THEN thumbnail ELSE content END AS content
  FROM images WHERE digest = :#${variable.stored[digest]}
