-- The room as the member last read it by itself; a later reading takes its place.
CREATE TABLE room_read (
    team_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    room TEXT NOT NULL,
    read_at BIGINT NOT NULL,
    PRIMARY KEY (team_id, user_id),
    FOREIGN KEY (team_id, user_id) REFERENCES member (team_id, user_id) ON DELETE CASCADE
);

-- An audit of the last meetings. One that is not kept yet proposes meetings of an uploaded calendar,
-- of which nothing else is stored. Titles are members' words.
CREATE TABLE audit (
    id TEXT NOT NULL PRIMARY KEY,
    team_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    kept BIGINT NOT NULL,
    audited_at BIGINT NOT NULL,
    edited_at BIGINT,
    local_on TEXT NOT NULL,
    FOREIGN KEY (team_id, user_id) REFERENCES member (team_id, user_id) ON DELETE CASCADE
);
CREATE INDEX audit_by_date ON audit (team_id, user_id, local_on);

CREATE TABLE audit_meeting (
    audit_id TEXT NOT NULL,
    ordinal BIGINT NOT NULL,
    title TEXT NOT NULL,
    hats TEXT,
    PRIMARY KEY (audit_id, ordinal),
    FOREIGN KEY (audit_id) REFERENCES audit (id) ON DELETE CASCADE
);

-- An if-then plan, or an experiment with one hat: then `cue` is the project. `cue`, `act` and
-- `outcome` are members' words. `asks` is the outbox row that follows it up.
CREATE TABLE plan (
    id TEXT NOT NULL PRIMARY KEY,
    team_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    experiment TEXT,
    cue TEXT NOT NULL,
    act TEXT NOT NULL,
    follow_up_at BIGINT NOT NULL,
    asks TEXT NOT NULL,
    state TEXT NOT NULL,
    outcome TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    edited_at BIGINT,
    local_on TEXT NOT NULL,
    channel_id TEXT,
    ts TEXT,
    FOREIGN KEY (team_id, user_id) REFERENCES member (team_id, user_id) ON DELETE CASCADE
);
CREATE INDEX plan_by_date ON plan (team_id, user_id, local_on);
CREATE INDEX plan_by_message ON plan (channel_id, ts) WHERE channel_id IS NOT NULL;
