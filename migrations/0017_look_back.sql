-- That a nudge asks, or asked, about what a reflection set out to do, and what the member tapped about it. It has no
-- words: they are read from the reflection.
CREATE TABLE look_back (
    reflection_id TEXT NOT NULL PRIMARY KEY,
    team_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    nudge_id TEXT NOT NULL,
    asked_at BIGINT,
    came_of_it TEXT,
    came_at BIGINT,
    FOREIGN KEY (reflection_id) REFERENCES reflection (id) ON DELETE CASCADE,
    FOREIGN KEY (team_id, user_id) REFERENCES member (team_id, user_id) ON DELETE CASCADE
);
CREATE INDEX look_back_by_member ON look_back (team_id, user_id, nudge_id);
-- Whether the member wants to be asked.
ALTER TABLE member ADD COLUMN look_back BIGINT NOT NULL DEFAULT 1;
