SELECT CAST(json_build_object('rows', coalesce(json_agg(r), '[]'), 'next', NULL) AS text) AS records
  FROM push_records(:#${variable.org}, :#${variable.target.name}, :#${variable.target.rows},
                    ARRAY(SELECT jsonb_array_elements_text(CAST(:#${variable.request[keys]} AS jsonb)))) r
