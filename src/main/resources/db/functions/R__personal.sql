-- Personal data in answers, which a viewer must not see.

-- Whether p_name is one of the personal keys. A change that shows in no column has the name source.KEY. Zoho answers custom fields also as keys cf_... of a record.
CREATE OR REPLACE FUNCTION is_personal(p_keys jsonb, p_name text) RETURNS boolean
    LANGUAGE sql IMMUTABLE AS
$$
    SELECT p_keys ?| ARRAY[n.name, lower(n.name)] OR p_keys ? 'custom_fields' AND lower(n.name) LIKE 'cf\_%'
      FROM (SELECT regexp_replace(p_name, '^source\.', '') AS name) n
$$;

-- Replaces the personal values of an answer by ***. p_personal has for each kind the keys of its personal values (keys), and whether the label of a record
-- is personal (label); the member * has the keys of all kinds, for objects of no known kind. An object with a member entity is of that kind, with all that is
-- inside it; p_entity is the kind of everything else. A text in a member payload is masked as JSON, and replaced as a whole if it is none. In a change, column
-- names the key whose before and after are masked. What an error quotes may be a personal value: see masked_quotes; likewise
-- what the reason of a dead letter keeps of that.
CREATE OR REPLACE FUNCTION masked(p_value jsonb, p_personal jsonb, p_entity text) RETURNS jsonb
    LANGUAGE plpgsql IMMUTABLE AS
$$
DECLARE
    v_entity text := CASE WHEN jsonb_typeof(p_value) = 'object' AND p_personal ? (p_value ->> 'entity') THEN p_value ->> 'entity' ELSE p_entity END;
    v_rule   jsonb := coalesce(p_personal -> v_entity, p_personal -> '*');
BEGIN
    RETURN CASE jsonb_typeof(p_value)
        WHEN 'array' THEN (SELECT coalesce(jsonb_agg(masked(e.value, p_personal, v_entity) ORDER BY e.place), '[]')
                             FROM jsonb_array_elements(p_value) WITH ORDINALITY AS e(value, place))
        WHEN 'object' THEN (SELECT coalesce(jsonb_object_agg(m.key, CASE
                WHEN m.value IN ('null', '""') THEN m.value
                WHEN is_personal(v_rule -> 'keys', m.key) OR m.key IN ('before', 'after') AND is_personal(v_rule -> 'keys', p_value ->> 'column')
                  OR m.key = 'label' AND CAST(v_rule ->> 'label' AS boolean) THEN '"***"'
                WHEN m.key IN ('error', 'errorText', 'meaning', 'summary') AND jsonb_typeof(m.value) = 'string' AND v_rule -> 'keys' <> '[]'
                THEN to_jsonb(masked_quotes(m.value #>> '{}'))
                WHEN m.key = 'reason' AND jsonb_typeof(m.value) = 'string' AND p_value ?| ARRAY['error', 'sample'] AND v_rule -> 'keys' <> '[]'
                THEN to_jsonb(masked_reason(m.value #>> '{}', coalesce(p_value ->> 'error', p_value #>> '{sample,error}')))
                WHEN m.key = 'payload' AND jsonb_typeof(m.value) = 'string' THEN to_jsonb(masked_text(m.value #>> '{}', p_personal, v_entity))
                WHEN jsonb_typeof(m.value) IN ('object', 'array') THEN masked(m.value, p_personal, v_entity)
                ELSE m.value END), '{}')
            FROM jsonb_each(p_value) m)
        ELSE p_value END;
END
$$;

-- Replaces all from the first quotation mark to the last. If their number is odd, the last quotation may be cut off, so the rest is replaced too.
CREATE OR REPLACE FUNCTION masked_quotes(p_error text) RETURNS text
    LANGUAGE sql IMMUTABLE AS
$$
    SELECT regexp_replace(p_error, CASE WHEN length(replace(p_error, '"', '')) % 2 = length(p_error) % 2 THEN '".*"' ELSE '".*$' END, '"…"')
$$;

-- The column reason of dead_letters replaces each quoted text alone, so a quoted value that has quotation marks itself stays there in part. The masked reason is that of
-- the masked error, by the expression of the column. Without an error, all between its first and its last gap is replaced.
CREATE OR REPLACE FUNCTION masked_reason(p_reason text, p_error text) RETURNS text
    LANGUAGE sql IMMUTABLE AS
$$
    SELECT CASE WHEN p_error IS NOT NULL
        THEN left(regexp_replace(left(masked_quotes(p_error), 1000),
            '"[^"]*"|\([^)]*\)(?= already)|(?<=contains )\(.*|[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9:.+Z]*|[0-9]+\.[0-9]+|[0-9]{5,}|[[:cntrl:]]+', '…', 'g'), 200)
        ELSE regexp_replace(regexp_replace(p_reason || CASE WHEN length(p_reason) >= 200 THEN '"' ELSE '' END, '".*$', '…'), '….*…', '…') END
$$;

CREATE OR REPLACE FUNCTION masked_text(p_text text, p_personal jsonb, p_entity text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE AS
$$
DECLARE
    v_value jsonb;
BEGIN
    BEGIN
        v_value := CAST(p_text AS jsonb);
    EXCEPTION WHEN data_exception THEN
        RETURN '***';
    END;
    RETURN CASE WHEN jsonb_typeof(v_value) IN ('object', 'array') THEN CAST(masked(v_value, p_personal, p_entity) AS text) ELSE '***' END;
END
$$;
