-- Whether a member lets the model at one host write their follow-up questions. They are asked once for
-- a host, below the follow-up of one reflection (`asked_with`); `answer` is NULL until they say. `calls`
-- counts what was sent on `called_on`, a date of the member's own.
CREATE TABLE model_consent (
    team_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    host TEXT NOT NULL,
    asked_with TEXT NOT NULL,
    asked_at BIGINT NOT NULL,
    answer TEXT,
    answered_at BIGINT,
    called_on TEXT NOT NULL,
    calls BIGINT NOT NULL,
    PRIMARY KEY (team_id, user_id),
    FOREIGN KEY (team_id, user_id) REFERENCES member (team_id, user_id) ON DELETE CASCADE
);
