-- Who may not begin a feedback round yet. The member is a keyed hash, so that the limit outlives the erasure of the
-- member and says nothing about them; rows are deleted when they expire.
CREATE TABLE feedback_limit (
    asker TEXT NOT NULL PRIMARY KEY,
    until_at BIGINT NOT NULL
);
CREATE INDEX feedback_limit_by_until ON feedback_limit (until_at);
