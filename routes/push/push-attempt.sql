SELECT key, content, external_key, zoho_id, records, tried_at, modified_at, fields
  FROM push_attempt(:#${variable.org}, :#${variable.target.name}, CAST(:#${variable.claim[claim]} AS bigint),
                    ARRAY(SELECT jsonb_array_elements_text(CAST(:#${variable.keys} AS jsonb))), :#${variable.op}, CAST(:#${variable.target.settings} AS jsonb),
                    CAST(:#${properties:saddlebag.push.lease} AS interval))
