-- The dimension on which the lens saw the hats of a reflection; NULL where none was clear.
ALTER TABLE reflection ADD COLUMN dimension_seen TEXT;
