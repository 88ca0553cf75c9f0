-- What nobody came back with is forgotten on the way: a refresh token that waited for a choice at once, a state of the last
-- day is still told to be too old.
WITH old AS (DELETE FROM oauth_states
              WHERE expires_at < clock_timestamp() - CASE WHEN refresh_token IS NULL THEN interval '1 day' ELSE interval '0' END)
INSERT INTO oauth_states (digest, org_id, connection_id, client_id, redirect_uri, expires_at)
VALUES (sha256(convert_to(:#${variable.state}, 'UTF8')), :#${variable.org}, :#${variable.client[connection_id]},
        :#${variable.client[client_id]}, :#${variable.redirectUri}, clock_timestamp() + interval '10 minutes')
