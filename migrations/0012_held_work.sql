-- When Slack was first asked to do a job: it is given up by days and not by tries.
ALTER TABLE job ADD COLUMN first_tried_at BIGINT;
-- Why a row or a job waits without a time, such as a revoked token or a missing scope. It is released
-- when that is over.
ALTER TABLE outbox ADD COLUMN held TEXT;
ALTER TABLE job ADD COLUMN held TEXT;
CREATE INDEX outbox_held ON outbox (team_id, held) WHERE held IS NOT NULL;
CREATE INDEX job_held ON job (team_id, held) WHERE held IS NOT NULL;
-- When Slack is next asked whether it serves a workspace again.
ALTER TABLE workspace ADD COLUMN probe_at BIGINT;
-- Since when Slack refuses a workspace something.
ALTER TABLE workspace ADD COLUMN held_at BIGINT;
