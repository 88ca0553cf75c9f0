SELECT op, CAST(jsonb_build_array(record_key) AS text) AS keys
  FROM push_settle(:#${variable.org}, :#${variable.target.name}, CAST(:#${variable.claim[claim]} AS bigint), CAST(:#${variable.slot[call_id]} AS bigint),
                   CAST(:#${variable.target.settings} AS jsonb),
                   CAST(:#${variable.outcomes} AS jsonb)
                   || CASE CAST(:#${variable.target.settings} AS jsonb) ->> 'answers'
                      WHEN 'handle' THEN push_accepted(:#${variable.org}, :#${variable.target.name},
                                                       ARRAY(SELECT jsonb_array_elements_text(CAST(:#${variable.keys} AS jsonb))), CAST(:#${variable.results} AS jsonb))
                      ELSE push_results(ARRAY(SELECT jsonb_array_elements_text(CAST(:#${variable.keys} AS jsonb))), :#${variable.op},
                                        CAST(:#${variable.results} AS jsonb), CAST(:#${variable.target.settings} AS jsonb)) END,
                   coalesce(CAST(:#${variable.uncertain} AS boolean), false))
