-- Removes old requests for tokens, missing scopes and consents. One day is longer than the window of every token limit, the time for which a missing scope is
-- reported, and the time for which the answer to an expired consent is recognised.
WITH requests AS (
    DELETE FROM token_requests WHERE at < clock_timestamp() - interval '1 day'
),
scopes AS (
    DELETE FROM missing_scopes WHERE since < clock_timestamp() - interval '1 day'
)
DELETE FROM oauth_states WHERE expires_at < clock_timestamp() - interval '1 day'
