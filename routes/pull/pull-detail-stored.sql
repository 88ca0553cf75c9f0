SELECT detail_stored(:#${variable.org}, :#${variable.entity}, :#${variable.table}, :#${variable.keyColumn}, :#${variable.detailId})
