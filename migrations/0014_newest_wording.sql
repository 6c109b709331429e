-- When a message was last changed, by Slack's time of the edit or by ours of the form: an edit that comes late
-- does not take back a newer one.
ALTER TABLE piece ADD COLUMN changed_at BIGINT;
ALTER TABLE outcome_piece ADD COLUMN changed_at BIGINT;
