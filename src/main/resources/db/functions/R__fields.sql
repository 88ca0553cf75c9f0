-- Turns Zoho's texts into values. PostgreSQL's own casts guess: 03/04/2025 became 4 March, and they accept 12-31-2025, today, infinity, NaN,
-- 1_000 and 0x10. Here a value in a form that Zoho does not document raises an error that names its key, and the record becomes a dead
-- letter. Null and "" count as no value.

-- Raises the error. It has a result type only because its callers need one in a CASE. STABLE, so that the planner does not evaluate it.
CREATE OR REPLACE FUNCTION refuse_value(p_key text, p_problem text, p_value text) RETURNS text
    LANGUAGE plpgsql STABLE AS
$$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('%s %s: "%s"', p_key, p_problem, left(p_value, 100));
END
$$;

-- Digits with an optional decimal point. jsonb writes every JSON number in this form.
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

-- A date such as 2025-03-04. Of a timestamp, the day as it is written counts.
CREATE OR REPLACE FUNCTION zoho_date(p_key text, p_value text) RETURNS date
    LANGUAGE sql STABLE AS
$$
    SELECT CASE WHEN coalesce(p_value, '') = '' THEN NULL
                WHEN p_value ~ ('^' || zoho_day_form() || '(?:' || zoho_clock_form() || '(?:' || zoho_offset_form() || ')?)?$')
                THEN CAST(left(p_value, 10) AS date)
                ELSE CAST(refuse_value(p_key, 'is no date such as 2025-03-04', p_value) AS date) END
$$;

-- A time such as 2025-03-04T10:11:12+0530, with +05:30 or with Z. A time without an offset is in the organisation's time zone, which the
-- caller's transaction has in saddlebag.zone. A day without a time of day means its midnight.
CREATE OR REPLACE FUNCTION zoho_time(p_key text, p_value text) RETURNS timestamptz
    LANGUAGE sql STABLE AS
$$
    SELECT CASE WHEN coalesce(p_value, '') = '' THEN NULL
                WHEN p_value ~ ('^' || zoho_day_form() || zoho_clock_form() || zoho_offset_form() || '$') THEN CAST(p_value AS timestamptz)
                WHEN p_value ~ ('^' || zoho_day_form() || '(?:' || zoho_clock_form() || ')?$')
                THEN CAST(p_value AS timestamp) AT TIME ZONE coalesce(NULLIF(current_setting('saddlebag.zone', true), ''), 'UTC')
                ELSE CAST(refuse_value(p_key, 'is no time such as 2025-03-04T10:11:12+0530', p_value) AS timestamptz) END
$$;

-- The latest last_modified_time that counts as a version: five minutes after the Date of the answer that is being stored (the transaction's
-- saddlebag.latest_version), or after this server's clock.
CREATE OR REPLACE FUNCTION latest_version() RETURNS timestamptz
    LANGUAGE sql STABLE AS
$$ SELECT coalesce(CAST(NULLIF(current_setting('saddlebag.latest_version', true), '') AS timestamptz), now() + interval '5 minutes') $$;

-- last_modified_time as the version of a record. Null if it is later than latest_version, from a wrong clock or forged: as a version it would
-- win over every change until that time.
CREATE OR REPLACE FUNCTION zoho_version(p_value text) RETURNS timestamptz
    LANGUAGE plpgsql STABLE AS
$$
DECLARE
    v_time CONSTANT timestamptz := zoho_time('last_modified_time', p_value);
BEGIN
    RETURN CASE WHEN v_time <= latest_version() THEN v_time END;
END
$$;
