-- What the lens made of a reflection: when it read the answer (NULL: not yet), where in it the hats
-- were seen (bytes, no words), or why it says nothing.
ALTER TABLE reflection ADD COLUMN read_at BIGINT;
ALTER TABLE reflection ADD COLUMN seen_in TEXT;
ALTER TABLE reflection ADD COLUMN abstained TEXT;
-- What a tick asks. It costs by what waits to be read.
CREATE INDEX reflection_unread ON reflection (created_at, id) WHERE read_at IS NULL AND counted = 1;
