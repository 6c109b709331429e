-- What was lately asked and said is read for every follow-up: the index answers it alone.
DROP INDEX reflection_by_age;
CREATE INDEX reflection_by_age ON reflection
    (team_id, user_id, created_at, id, prompt_id, follow_up_prompt_id, room, hat_said, counted);
