-- The parts of a record, such as the lines of an invoice, as elements of an array in the answer.

-- The array under a key of an answer, for sent_lines. Null: the answer has no array there, and the stored lines stay.
CREATE OR REPLACE FUNCTION lines_of(p_answer jsonb, p_key text) RETURNS jsonb
    LANGUAGE sql IMMUTABLE AS
$$ SELECT CASE WHEN jsonb_typeof(p_answer -> p_key) = 'array' THEN p_answer -> p_key END $$;

-- The first array under one of the keys, in the answer or else in source; an empty array if neither has one.
CREATE OR REPLACE FUNCTION first_list(p_answer jsonb, p_source jsonb, p_keys text[]) RETURNS jsonb
    LANGUAGE sql IMMUTABLE AS
$$
    SELECT coalesce((SELECT s.source -> k
                       FROM (VALUES (1, p_answer), (2, p_source)) AS s(place, source) CROSS JOIN unnest(p_keys) k
                      WHERE jsonb_typeof(s.source -> k) = 'array' ORDER BY s.place LIMIT 1), '[]')
$$;

-- The parts of a record, for sent_lines, if an answer has or removed one of the keys that hold them. Null: it did neither, and the stored
-- parts stay.
CREATE OR REPLACE FUNCTION parts_of(p_answer jsonb, p_gone text[], p_source jsonb, VARIADIC p_keys text[]) RETURNS jsonb
    LANGUAGE sql IMMUTABLE AS
$$ SELECT CASE WHEN p_answer ?| p_keys OR p_gone && p_keys THEN first_list(p_answer, p_source, p_keys) END $$;

-- The elements of an array, one for each id; if two have the same id, the later one. The id of an element without one is its place.
CREATE OR REPLACE FUNCTION sent_lines(p_lines jsonb, p_id_key text, p_other_key text DEFAULT NULL)
    RETURNS TABLE (line_id text, place integer, source jsonb)
    LANGUAGE sql IMMUTABLE AS
$$
    SELECT DISTINCT ON (1) coalesce(NULLIF(l.source ->> p_id_key, ''), NULLIF(l.source ->> p_other_key, ''), '#' || l.place),
           CAST(l.place AS integer), l.source
      FROM jsonb_array_elements(p_lines) WITH ORDINALITY AS l(source, place)
     WHERE jsonb_typeof(l.source) = 'object'
     ORDER BY 1, 2 DESC
$$;
