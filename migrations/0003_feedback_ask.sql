-- *Ask, don't fix*: that a question was given back, and which one it began from. No word of the
-- message that asked, and none of what the member made of the question.
CREATE TABLE act (
    id TEXT NOT NULL PRIMARY KEY,
    team_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    prompt_id TEXT NOT NULL,
    question TEXT NOT NULL,
    asked_at BIGINT NOT NULL,
    local_on TEXT NOT NULL,
    FOREIGN KEY (team_id, user_id) REFERENCES member (team_id, user_id) ON DELETE CASCADE
);
CREATE INDEX act_by_age ON act (team_id, user_id, asked_at, id);
CREATE INDEX act_by_date ON act (team_id, user_id, local_on);

-- A feedback round: who asked, until when, and its result once it is closed. Who answered, declined
-- or withdrew is nowhere: what was said stands in tables without people, times and order, which
-- src/store/engine.rs makes, because an engine's hidden row number would be an order.
CREATE TABLE feedback_round (
    id TEXT NOT NULL PRIMARY KEY,
    team_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    state TEXT NOT NULL,
    asked BIGINT NOT NULL,
    asked_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    closes_at BIGINT,
    closed_on TEXT,
    step_1 BIGINT,
    step_2 BIGINT,
    step_3 BIGINT,
    step_4 BIGINT,
    step_5 BIGINT,
    FOREIGN KEY (team_id, user_id) REFERENCES member (team_id, user_id) ON DELETE CASCADE
);
CREATE INDEX feedback_round_by_member ON feedback_round (team_id, user_id, asked_at);
CREATE INDEX feedback_round_to_close ON feedback_round (closes_at) WHERE closes_at IS NOT NULL;

-- Who is asked in a round that runs; deleted when it closes.
CREATE TABLE feedback_asked (
    round_id TEXT NOT NULL,
    team_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    PRIMARY KEY (round_id, user_id),
    FOREIGN KEY (round_id) REFERENCES feedback_round (id) ON DELETE CASCADE
);
CREATE INDEX feedback_asked_by_person ON feedback_asked (team_id, user_id);

-- People who do not want to be asked for feedback by anybody.
CREATE TABLE feedback_opt_out (
    team_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    PRIMARY KEY (team_id, user_id)
);
