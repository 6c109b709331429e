-- Rows that take the same of Slack's limits are claimed together: answers to members, messages that
-- nobody waits for, updates of messages.
ALTER TABLE outbox ADD COLUMN lane TEXT NOT NULL DEFAULT 'answer';
UPDATE outbox SET lane = 'unasked' WHERE wake_at IS NOT NULL
    AND kind IN ('nudge', 'go-on', 'report', 'plan', 'feedback-ask', 'feedback-result');
UPDATE outbox SET lane = 'update' WHERE wake_at IS NOT NULL AND kind = 'update';
-- Which workspaces and lanes have something due is answered by the index alone.
DROP INDEX outbox_by_wake;
CREATE INDEX outbox_by_wake ON outbox (wake_at, team_id, lane) WHERE wake_at IS NOT NULL;
