-- The log of LeadLens, for SQLite and PostgreSQL alike: TEXT, BIGINT and DOUBLE PRECISION columns
-- only. Instants (`_at`) are UTC milliseconds, dates (`_on`) are ISO 8601, truth is 0 or 1.
-- A column that is named after a Slack id ends in `_id`. Members' words stand in `reflection`
-- and `piece` and in `nudge.question` alone; every row of a member hangs on `member`, or is erased
-- by name in src/store/erase.rs.

CREATE TABLE seen (
    delivery_key TEXT NOT NULL PRIMARY KEY,
    effect TEXT,
    seen_at BIGINT NOT NULL
);
CREATE INDEX seen_by_age ON seen (seen_at);

CREATE TABLE workspace (
    team_id TEXT NOT NULL PRIMARY KEY,
    enterprise_id TEXT,
    name TEXT NOT NULL,
    bot_user_id TEXT,
    sealed_token TEXT,
    scopes TEXT NOT NULL,
    state TEXT NOT NULL,
    left_at BIGINT,
    erase_at BIGINT,
    installed_by TEXT,
    unreachable TEXT
);
CREATE INDEX workspace_to_erase ON workspace (erase_at) WHERE erase_at IS NOT NULL;

CREATE TABLE member (
    team_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    dm_channel_id TEXT,
    zone TEXT NOT NULL,
    zone_set_by_member BIGINT NOT NULL,
    cadence_days TEXT,
    cadence_times TEXT,
    quiet_from TEXT NOT NULL,
    quiet_to TEXT NOT NULL,
    days_off TEXT NOT NULL,
    paused BIGINT NOT NULL,
    pause_until_on TEXT,
    focus TEXT,
    unanswered BIGINT NOT NULL,
    slots_passed BIGINT NOT NULL,
    asked_to_go_on BIGINT NOT NULL,
    next_slot_at BIGINT,
    next_report_at BIGINT,
    welcomed_at BIGINT,
    unreachable TEXT,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (team_id, user_id)
);
-- What a tick asks. It costs by what is due, not by how many members exist.
CREATE INDEX member_by_slot ON member (next_slot_at) WHERE next_slot_at IS NOT NULL;
CREATE INDEX member_by_report ON member (next_report_at) WHERE next_report_at IS NOT NULL;

CREATE TABLE nudge (
    id TEXT NOT NULL PRIMARY KEY,
    team_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    state TEXT NOT NULL,
    prompt_id TEXT NOT NULL,
    question TEXT NOT NULL,
    reason TEXT NOT NULL,
    slot_at BIGINT NOT NULL,
    asked_for BIGINT NOT NULL,
    sent_at BIGINT,
    channel_id TEXT,
    ts TEXT,
    skip_reason TEXT,
    FOREIGN KEY (team_id, user_id) REFERENCES member (team_id, user_id) ON DELETE CASCADE
);
CREATE INDEX nudge_by_state ON nudge (team_id, user_id, state, sent_at);
CREATE INDEX nudge_by_sending ON nudge (team_id, user_id, sent_at);
CREATE INDEX nudge_by_slot ON nudge (team_id, user_id, slot_at);
CREATE INDEX nudge_by_message ON nudge (channel_id, ts) WHERE channel_id IS NOT NULL;

CREATE TABLE reflection (
    id TEXT NOT NULL PRIMARY KEY,
    team_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    origin TEXT NOT NULL,
    nudge_id TEXT,
    prompt_id TEXT,
    question TEXT NOT NULL,
    situation TEXT NOT NULL,
    answer TEXT NOT NULL,
    room TEXT,
    hat_said TEXT,
    hat_seen TEXT,
    follow_up TEXT,
    follow_up_answer TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    edited_at BIGINT,
    local_on TEXT NOT NULL,
    counted BIGINT NOT NULL,
    FOREIGN KEY (team_id, user_id) REFERENCES member (team_id, user_id) ON DELETE CASCADE
);
CREATE INDEX reflection_by_age ON reflection (team_id, user_id, created_at, id);
CREATE INDEX reflection_by_date ON reflection (team_id, user_id, local_on);
CREATE INDEX reflection_by_nudge ON reflection (nudge_id) WHERE nudge_id IS NOT NULL;

-- The Slack messages that a reflection was written in, so that an edit or a deletion in Slack
-- reaches it.
CREATE TABLE piece (
    channel_id TEXT NOT NULL,
    ts TEXT NOT NULL,
    reflection_id TEXT NOT NULL,
    ordinal BIGINT NOT NULL,
    words TEXT NOT NULL,
    posted_at BIGINT NOT NULL,
    PRIMARY KEY (channel_id, ts),
    FOREIGN KEY (reflection_id) REFERENCES reflection (id) ON DELETE CASCADE
);
CREATE INDEX piece_by_reflection ON piece (reflection_id, ordinal);

-- Everything that LeadLens sends by itself. `wake_at` is the one thing that a claim asks: when the
-- row wants attention next (its due time, the end of its lease, the time to look into a doubt);
-- NULL when it is done with.
CREATE TABLE outbox (
    id TEXT NOT NULL PRIMARY KEY,
    dedupe TEXT UNIQUE,
    team_id TEXT NOT NULL,
    user_id TEXT,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    due_at BIGINT NOT NULL,
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    wake_at BIGINT,
    lease_owner TEXT,
    lease_until BIGINT,
    channel_id TEXT,
    ts TEXT,
    file_ids TEXT NOT NULL,
    attempted_at BIGINT,
    last_error TEXT,
    created_at BIGINT NOT NULL,
    settled_at BIGINT
);
CREATE INDEX outbox_by_wake ON outbox (wake_at) WHERE wake_at IS NOT NULL;
CREATE INDEX outbox_unsent ON outbox (state, due_at) WHERE state <> 'sent';
CREATE INDEX outbox_by_member ON outbox (team_id, user_id, state);
CREATE INDEX outbox_by_age ON outbox (settled_at) WHERE settled_at IS NOT NULL;

-- Things to do that are not messages. They hold ids and never text; a finished job is deleted.
CREATE TABLE job (
    id TEXT NOT NULL PRIMARY KEY,
    dedupe TEXT UNIQUE,
    team_id TEXT NOT NULL,
    user_id TEXT,
    kind TEXT NOT NULL,
    channel_id TEXT,
    ts TEXT,
    subject TEXT,
    due_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    wake_at BIGINT,
    lease_owner TEXT,
    last_error TEXT,
    failed_at BIGINT
);
CREATE INDEX job_by_wake ON job (wake_at) WHERE wake_at IS NOT NULL;
CREATE INDEX job_by_member ON job (team_id, user_id);
CREATE INDEX job_by_age ON job (failed_at) WHERE failed_at IS NOT NULL;
