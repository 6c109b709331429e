-- The Slack messages in which a member said what came of a plan, so that an edit or a deletion in Slack
-- reaches its outcome, as `piece` does for a reflection. `words` are members' words.
CREATE TABLE outcome_piece (
    channel_id TEXT NOT NULL,
    ts TEXT NOT NULL,
    plan_id TEXT NOT NULL,
    ordinal BIGINT NOT NULL,
    words TEXT NOT NULL,
    posted_at BIGINT NOT NULL,
    PRIMARY KEY (channel_id, ts),
    FOREIGN KEY (plan_id) REFERENCES plan (id) ON DELETE CASCADE
);
CREATE INDEX outcome_piece_by_plan ON outcome_piece (plan_id, ordinal);
