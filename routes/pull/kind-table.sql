SELECT records_of(:#${variable.entity})
