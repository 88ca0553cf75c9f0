-- A lease lasts a little longer than the request that it is for may take.
SELECT * FROM zoho_take_token(:#${variable.org}, CAST(:#${variable.refused} AS bigint),
                              CAST(:#${properties:zoho.token-timeout} AS interval) + interval '2 seconds', CAST(:#${variable.again} AS boolean))
