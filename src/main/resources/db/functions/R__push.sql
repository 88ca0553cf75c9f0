-- Push: what all its steps share. Whether a target may write, and how bodies, times and amounts are compared.
-- p_settings is the declaration of the target as JSON, see target.schema.json; p_request is sync_runs.request.

-- The reason why a target must not write to Zoho now, for a person to read; null: it may. p_process is that of push_guarded_because.
CREATE OR REPLACE FUNCTION push_refused_because(p_org text, p_target text, p_process jsonb DEFAULT NULL) RETURNS text
    LANGUAGE sql STABLE AS
$$
    SELECT CASE WHEN g.reason IS NOT NULL THEN g.reason
                WHEN t.state IS DISTINCT FROM 'on'
                THEN format('The target %s of organisation %s is off. PATCH /api/organisations/%s with {"push":{"%s":"on"}} switches it on, after a plan', p_target, p_org, p_org, p_target) END
      FROM (SELECT push_guarded_because(p_process) AS reason) g LEFT JOIN push_targets t ON t.org_id = p_org AND t.target = p_target
$$;

-- An address of the API, for a text that a person reads. The organisation is left out where a request without one means it.
CREATE OR REPLACE FUNCTION push_address(p_org text, p_path text, p_query text DEFAULT NULL) RETURNS text
    LANGUAGE sql STABLE AS
$$
    SELECT p_path
           || coalesce('?' || NULLIF(concat_ws('&', p_query, (SELECT 'org=' || o.org_id FROM organisations o WHERE o.org_id = p_org AND NOT o.is_default)), ''), '')
$$;

-- The address of a record, as push_address. A key that an address does not take as it is goes by the parameter keys, percent-encoded.
CREATE OR REPLACE FUNCTION push_record_address(p_org text, p_target text, p_key text, p_decision text DEFAULT '') RETURNS text
    LANGUAGE sql STABLE AS
$$
    SELECT CASE WHEN p_key ~ '^[0-9A-Za-z._~-]*[0-9A-Za-z_~][0-9A-Za-z._~-]*$' THEN push_address(p_org, '/api/push/' || p_target || '/' || p_key || p_decision)
                ELSE push_address(p_org, '/api/push/' || p_target || '/-' || p_decision,
                                  (SELECT 'keys=' || string_agg(CASE WHEN c.letter ~ '[0-9A-Za-z._~-]' THEN c.letter
                                                                     ELSE regexp_replace(upper(encode(convert_to(c.letter, 'UTF8'), 'hex')), '(..)', '%\1', 'g') END, '' ORDER BY c.place)
                                     FROM regexp_split_to_table(p_key, '') WITH ORDINALITY AS c(letter, place))) END
$$;

-- A list of keys in the settings of a target; empty if the settings have no such list.
CREATE OR REPLACE FUNCTION push_keys(p_settings jsonb, p_name text) RETURNS text[]
    LANGUAGE sql IMMUTABLE AS
$$ SELECT ARRAY(SELECT jsonb_array_elements_text(p_settings -> p_name)) $$;

-- An external key in the form in which Zoho compares it: a field of Zoho CRM that takes no duplicates ignores upper and lower case, and spaces at both ends.
CREATE OR REPLACE FUNCTION push_same_key(p_key text, p_settings jsonb) RETURNS text
    LANGUAGE sql IMMUTABLE AS
$$ SELECT CASE WHEN p_settings ? 'uniqueField' THEN lower(btrim(p_key)) ELSE p_key END $$;

-- A body without the keys that only a create sends, for comparisons.
CREATE OR REPLACE FUNCTION push_compared(p_body jsonb, p_settings jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE AS
$$
    SELECT CASE WHEN p_settings ? 'createOnly' THEN p_body - ARRAY(SELECT jsonb_array_elements_text(p_settings -> 'createOnly')) ELSE p_body END
$$;

-- The differences of two bodies: {"Unit_Price": {"before": 899, "after": 999}}; null: there are none.
CREATE OR REPLACE FUNCTION push_changes(p_before jsonb, p_after jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE AS
$$
    SELECT jsonb_object_agg(k, CASE WHEN p_before ? k THEN jsonb_build_object('before', p_before -> k) ELSE '{}' END || jsonb_build_object('after', p_after -> k))
      FROM (SELECT jsonb_object_keys(p_after) UNION SELECT jsonb_object_keys(p_before)) keys(k)
     WHERE p_before -> k IS DISTINCT FROM p_after -> k
$$;

-- Whether Zoho has a value as ours is. Empty and missing are the same, and a number in quotes is the number. An object of Zoho's may have more keys. A list has as many
-- elements as ours, in any order, and each element of ours has one of its own there.
CREATE OR REPLACE FUNCTION push_agrees(p_ours jsonb, p_zohos jsonb) RETURNS boolean
    LANGUAGE plpgsql IMMUTABLE AS
$$
DECLARE
    v_ours  text := p_ours #>> '{}';
    v_zohos text := p_zohos #>> '{}';
    v_left  jsonb := p_zohos;
    v_one   jsonb;
    v_place integer;
BEGIN
    IF coalesce(p_ours, 'null') = coalesce(p_zohos, 'null') OR coalesce(v_ours, '') = '' AND coalesce(v_zohos, '') = '' THEN
        RETURN true;
    ELSIF jsonb_typeof(p_ours) = 'object' AND jsonb_typeof(p_zohos) = 'object' THEN
        RETURN NOT EXISTS (SELECT FROM jsonb_each(p_ours) o WHERE NOT push_agrees(o.value, p_zohos -> o.key));
    ELSIF jsonb_typeof(p_ours) = 'array' AND jsonb_typeof(p_zohos) = 'array' THEN
        IF jsonb_array_length(p_ours) <> jsonb_array_length(p_zohos) THEN
            RETURN false;
        END IF;
        FOR v_one IN SELECT e FROM jsonb_array_elements(p_ours) e ORDER BY length(CAST(e AS text)) DESC LOOP -- the longest has the fewest to agree with
            SELECT z.place - 1 INTO v_place FROM jsonb_array_elements(v_left) WITH ORDINALITY z(e, place) WHERE push_agrees(v_one, z.e)
             ORDER BY length(CAST(z.e AS text)), z.place LIMIT 1;
            IF NOT FOUND THEN
                RETURN false;
            END IF;
            v_left := v_left - v_place;
        END LOOP;
        RETURN true;
    END IF;
    RETURN coalesce(jsonb_typeof(p_ours) IN ('string', 'number') AND jsonb_typeof(p_zohos) IN ('string', 'number')
           AND (v_ours = v_zohos OR CASE WHEN v_ours ~ '^-?[0-9]+(\.[0-9]+)?$' AND v_zohos ~ '^-?[0-9]+(\.[0-9]+)?$' THEN CAST(v_ours AS numeric) = CAST(v_zohos AS numeric) ELSE false END), false);
END
$$;

-- The keys of the body that have another value in Zoho: {"Unit_Price": {"before": Zoho's value, "after": ours}}; null: there are none. Keys that Zoho's record does
-- not have are not compared.
CREATE OR REPLACE FUNCTION push_drift(p_body jsonb, p_record jsonb, p_settings jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE AS
$$
    SELECT jsonb_object_agg(b.key, jsonb_build_object('before', p_record -> b.key, 'after', b.value))
      FROM jsonb_each(push_compared(p_body, p_settings)) b
     WHERE p_record ? b.key AND NOT push_agrees(b.value, p_record -> b.key)
$$;

-- A time from Zoho; null if the text is no time.
CREATE OR REPLACE FUNCTION push_moment(p_text text) RETURNS timestamptz
    LANGUAGE plpgsql STABLE AS
$$
BEGIN
    RETURN zoho_time('', p_text);
EXCEPTION WHEN data_exception THEN
    RETURN NULL;
END
$$;

-- When a record was changed last, in the words of each API of Zoho; null if the record does not say.
CREATE OR REPLACE FUNCTION push_modified_at(p_record jsonb) RETURNS timestamptz
    LANGUAGE sql STABLE AS
$$ SELECT push_moment(coalesce(p_record ->> 'Modified_Time', p_record ->> 'last_modified_time', p_record ->> 'updated_time')) $$;

-- An amount from Zoho, as a number or in quotes; null if the text is no amount.
CREATE OR REPLACE FUNCTION push_amount(p_text text) RETURNS numeric
    LANGUAGE sql IMMUTABLE AS
$$ SELECT CASE WHEN p_text ~ '^-?[0-9]{1,30}(\.[0-9]{1,30})?$' THEN CAST(p_text AS numeric) END $$;
