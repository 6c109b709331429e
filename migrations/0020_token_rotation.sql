-- Token rotation: the encrypted refresh token that renews a workspace's token, when that token expires, and until when
-- one process has the renewal to itself. NULL for an app whose tokens do not expire.
ALTER TABLE workspace ADD COLUMN sealed_refresh_token TEXT;
ALTER TABLE workspace ADD COLUMN token_expires_at BIGINT;
ALTER TABLE workspace ADD COLUMN renewing_until BIGINT;
CREATE INDEX workspace_by_token_expiry ON workspace (token_expires_at) WHERE token_expires_at IS NOT NULL;
