-- That nobody agreed to write settings is no fault of the connection: health is not to name it.
DELETE FROM missing_scopes m USING organisations o
 WHERE o.org_id = :#${variable.org} AND m.connection_id = o.connection_id AND m.area LIKE '%/settings'
