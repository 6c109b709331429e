-- Who has seen LeadLens for the first time and was welcomed, as a keyed hash: it says nothing about anybody without a key
-- that is not in the database. It stays when a member erases everything, so that looking welcomes nobody again.
CREATE TABLE first_look (
    who TEXT NOT NULL PRIMARY KEY,
    team_id TEXT NOT NULL
);
CREATE INDEX first_look_by_team ON first_look (team_id);
