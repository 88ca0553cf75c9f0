SELECT org_id FROM organisations
 WHERE CASE WHEN NULLIF(CAST(:#${variable.org} AS text), '') IS NULL THEN is_default
            ELSE :#${variable.org} IN (org_id, name) END
 ORDER BY org_id = :#${variable.org} DESC LIMIT 1
