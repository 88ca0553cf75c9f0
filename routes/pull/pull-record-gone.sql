SELECT is_living(:#${variable.org}, :#${variable.table}, :#${variable.keyColumn}, :#${variable.zohoId}) AS row_lives,
       living_ids(:#${variable.org}, :#${variable.entity}, :#${variable.table}, :#${variable.keyColumn}, :#${variable.zohoId}) AS controls
