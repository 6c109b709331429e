-- A transfer into this database: where its rows come from, and whether it is finished. The origin is a hash.
CREATE TABLE transfer (
    origin TEXT NOT NULL PRIMARY KEY,
    begun_at BIGINT NOT NULL,
    finished_at BIGINT
);
-- How far a transfer that is not finished has come: the key of the last row of each table that was copied.
CREATE TABLE transfer_position (
    table_name TEXT NOT NULL PRIMARY KEY,
    last_key TEXT NOT NULL
);
