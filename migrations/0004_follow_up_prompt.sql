-- Which prompt followed up a reflection, so that it does not come back within 28 days either.
ALTER TABLE reflection ADD COLUMN follow_up_prompt_id TEXT;
