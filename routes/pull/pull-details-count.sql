SELECT count_details(:#${variable.org}, :#${variable.entity}, :#${variable.table})
