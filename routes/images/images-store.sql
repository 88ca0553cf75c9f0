SELECT store_image(:#${variable.org}, :#${variable.picked[item]}, :#${variable.picked[key]}, :#${variable.picture.digest},
                   CAST(:#${variable.picture.content} AS bytea), :#${variable.picture.mediaType},
                   CAST(:#${variable.picture.width} AS integer), CAST(:#${variable.picture.height} AS integer),
                   CAST(:#${variable.picture.thumbnail} AS bytea), :#${variable.picture.thumbnailType})
