-- How the texts that Zoho writes become values. PostgreSQL's own input guesses: 03/04/2025 became 4 March, and it takes 12-31-2025,
-- today, infinity, NaN, 1_000 and 0x10. A value in none of the forms that Zoho documents is refused with its key, and becomes the
-- dead letter of that one record. Null and "" are no value.

-- Raises the error. Its result type serves the CASE of its callers. STABLE, so that no plan evaluates it beforehand.
CREATE OR REPLACE FUNCTION refuse_value(p_key text, p_problem text, p_value text) RETURNS text
    LANGUAGE plpgsql STABLE AS
$$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('%s %s: "%s"', p_key, p_problem, left(p_value, 100));
END
$$;

-- Digits with a point. jsonb gives a JSON number this form however it was sent.
CREATE OR REPLACE FUNCTION zoho_number(p_key text, p_value text) RETURNS numeric
    LANGUAGE sql STABLE AS
$$
    SELECT CASE WHEN coalesce(p_value, '') = '' THEN NULL
                WHEN p_value ~ '^-?[0-9]+(\.[0-9]+)?$' THEN CAST(p_value AS numeric)
                ELSE CAST(refuse_value(p_key, 'is not numeric', p_value) AS numeric) END
$$;

CREATE OR REPLACE FUNCTION zoho_integer(p_key text, p_value text) RETURNS integer
    LANGUAGE sql STABLE AS
$$
    SELECT CASE WHEN coalesce(p_value, '') = '' THEN NULL
                WHEN p_value ~ '^-?[0-9]{1,9}$' THEN CAST(p_value AS integer)
                ELSE CAST(refuse_value(p_key, 'is no whole number', p_value) AS integer) END
$$;

CREATE OR REPLACE FUNCTION zoho_boolean(p_key text, p_value text) RETURNS boolean
    LANGUAGE sql STABLE AS
$$
    SELECT CASE WHEN coalesce(p_value, '') = '' THEN NULL
                WHEN p_value IN ('true', 'false') THEN p_value = 'true'
                ELSE CAST(refuse_value(p_key, 'is neither true nor false', p_value) AS boolean) END
$$;

-- The pattern of an existing day (2025-02-29 does not exist), in the years 1000 to 9999.
CREATE OR REPLACE FUNCTION zoho_day_form() RETURNS text
    LANGUAGE sql IMMUTABLE AS
$$
    SELECT '(?:[1-9][0-9]{3}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))'
        || '|(?:[1-9][0-9](?:0[48]|[2468][048]|[13579][26])|(?:[2468][048]|[13579][26])00)-02-29)'
$$;

-- The pattern of the time of day after a day.
CREATE OR REPLACE FUNCTION zoho_clock_form() RETURNS text
    LANGUAGE sql IMMUTABLE AS
$$ SELECT '[T ](?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\.[0-9]{1,9})?)?' $$;

CREATE OR REPLACE FUNCTION zoho_offset_form() RETURNS text
    LANGUAGE sql IMMUTABLE AS
$$ SELECT ' ?(?:Z|[+-](?:0[0-9]|1[0-4])(?::?[0-5][0-9])?)' $$;

-- 2025-03-04; of a timestamp, the day as it is written.
CREATE OR REPLACE FUNCTION zoho_date(p_key text, p_value text) RETURNS date
    LANGUAGE sql STABLE AS
$$
    SELECT CASE WHEN coalesce(p_value, '') = '' THEN NULL
                WHEN p_value ~ ('^' || zoho_day_form() || '(?:' || zoho_clock_form() || '(?:' || zoho_offset_form() || ')?)?$')
                THEN CAST(left(p_value, 10) AS date)
                ELSE CAST(refuse_value(p_key, 'is no date such as 2025-03-04', p_value) AS date) END
$$;

-- 2025-03-04T10:11:12+0530, +05:30 or Z. A time without an offset is in the organisation's zone, which the caller's transaction
-- has in saddlebag.zone. A day alone is its midnight.
CREATE OR REPLACE FUNCTION zoho_time(p_key text, p_value text) RETURNS timestamptz
    LANGUAGE sql STABLE AS
$$
    SELECT CASE WHEN coalesce(p_value, '') = '' THEN NULL
                WHEN p_value ~ ('^' || zoho_day_form() || zoho_clock_form() || zoho_offset_form() || '$') THEN CAST(p_value AS timestamptz)
                WHEN p_value ~ ('^' || zoho_day_form() || '(?:' || zoho_clock_form() || ')?$')
                THEN CAST(p_value AS timestamp) AT TIME ZONE coalesce(NULLIF(current_setting('saddlebag.zone', true), ''), 'UTC')
                ELSE CAST(refuse_value(p_key, 'is no time such as 2025-03-04T10:11:12+0530', p_value) AS timestamptz) END
$$;

-- The latest last_modified_time that is accepted as a version: a few minutes after the Date of the answer that is being stored (the
-- transaction's saddlebag.latest_version), or after our own clock.
CREATE OR REPLACE FUNCTION latest_version() RETURNS timestamptz
    LANGUAGE sql STABLE AS
$$ SELECT coalesce(CAST(NULLIF(current_setting('saddlebag.latest_version', true), '') AS timestamptz), now() + interval '5 minutes') $$;

-- last_modified_time as the version of a record. A later one than latest_version, from a wrong clock or forged, is none: it would win
-- over all that comes until then.
CREATE OR REPLACE FUNCTION zoho_version(p_value text) RETURNS timestamptz
    LANGUAGE plpgsql STABLE AS
$$
DECLARE
    v_time CONSTANT timestamptz := zoho_time('last_modified_time', p_value);
BEGIN
    RETURN CASE WHEN v_time <= latest_version() THEN v_time END;
END
$$;
