-- Stores the outcome of a call in the ledger, and in organisations the limits that Zoho's answer told. A call that was sent holds its slot until a minute
-- after its answer. A call that was not sent has neither status nor fault, for example because there was no token. It gives its slot back: released_at
-- becomes equal to at, and such a call is counted nowhere.
WITH answered AS (
    UPDATE zoho_calls
       SET answered_at = clock_timestamp(),
           released_at = CASE WHEN coalesce(CAST(:#${variable.answer.status} AS text), :#${variable.answer.fault}) IS NULL THEN at
                              ELSE clock_timestamp() + interval '1 minute' END,
           status = CAST(:#${variable.answer.status} AS integer),
           zoho_code = :#${variable.answer.code},
           ms = extract(epoch FROM clock_timestamp() - at) * 1000
     WHERE id = CAST(:#${variable.slot[call_id]} AS bigint)
),
-- outcome: minute (code 44 or HTTP 429), day (code 45, or the credits of CRM are used up), in-process (code 1070), retry (a passing failure);
-- any other one sets no block. AnswerTable maps status, code and body to the outcome; ZohoAnswer.meaning tells the limits of CRM apart.
-- Zoho does not document how long it blocks after code 44. Without Retry-After one minute is taken, the length of Zoho's window.
block AS (
    SELECT CASE b.outcome WHEN 'in-process' THEN 'in-flight' WHEN 'retry' THEN 'retry-after' ELSE b.outcome END AS reason,
           coalesce(b.outcome = 'day' AND b.crm, false) AS credits,
           clock_timestamp() + CASE b.outcome WHEN 'minute' THEN coalesce(b.asked, interval '1 minute')
                                              WHEN 'day' THEN coalesce(CAST(:#${variable.answer.limits.dayReset} AS integer) * interval '1 second', b.asked, interval '1 hour')
                                              WHEN 'in-process' THEN b.asked
                                              WHEN 'retry' THEN b.asked
                               END AS until
      FROM (SELECT CAST(:#${variable.answer.outcome} AS text) AS outcome, CAST(:#${variable.path} AS text) LIKE '/crm/%' AS crm,
                   CAST(:#${variable.answer.limits.retryAfter} AS integer) * interval '1 second' AS asked) b
)
UPDATE organisations o
   SET day_limit = coalesce(CAST(:#${variable.answer.limits.dayLimit} AS integer), o.day_limit),
       day_remaining = coalesce(CAST(:#${variable.answer.limits.dayRemaining} AS integer), o.day_remaining),
       day_resets_at = coalesce(clock_timestamp() + CAST(:#${variable.answer.limits.dayReset} AS integer) * interval '1 second', o.day_resets_at),
       credits_remaining = coalesce(CAST(:#${variable.answer.limits.creditsRemaining} AS integer), o.credits_remaining),
       credits_at = CASE WHEN CAST(:#${variable.answer.limits.creditsRemaining} AS integer) IS NULL THEN o.credits_at ELSE clock_timestamp() END,
       -- of two blocks the longer one counts; credits exist in Zoho CRM only, so the other products are not blocked
       blocked_until = CASE WHEN b.credits THEN o.blocked_until ELSE greatest(o.blocked_until, b.until) END,
       blocked_for = CASE WHEN NOT b.credits AND b.until > coalesce(o.blocked_until, '-infinity') THEN b.reason ELSE o.blocked_for END,
       credits_blocked_until = CASE WHEN b.credits THEN greatest(o.credits_blocked_until, b.until) ELSE o.credits_blocked_until END,
       updated_at = clock_timestamp()
  FROM block b
 WHERE o.org_id = :#${variable.org}
   AND (CAST(:#${variable.answer.limits.dayRemaining} AS integer) IS NOT NULL OR b.until IS NOT NULL
        OR CAST(:#${variable.answer.limits.creditsRemaining} AS integer) IS NOT NULL)
