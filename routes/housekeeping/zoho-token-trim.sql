-- A day is more than any limit of tokens looks back, than a missing scope is told, and than anyone wonders what became of a consent.
WITH requests AS (
    DELETE FROM token_requests WHERE at < clock_timestamp() - interval '1 day'
),
scopes AS (
    DELETE FROM missing_scopes WHERE since < clock_timestamp() - interval '1 day'
)
DELETE FROM oauth_states WHERE expires_at < clock_timestamp() - interval '1 day'
