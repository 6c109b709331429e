-- When a worker last said that deliveries reach the program. After a longer gap, Slack has given deliveries
-- up, and the direct messages of that time are read.
CREATE TABLE heartbeat (
    id TEXT NOT NULL PRIMARY KEY,
    beat_at BIGINT NOT NULL
);
