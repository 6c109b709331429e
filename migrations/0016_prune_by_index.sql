-- What is pruned and which feedback questions a round sent is found without walking over everything ever sent.
CREATE INDEX outbox_to_prune ON outbox (settled_at) WHERE state <> 'sent' OR kind = 'update';
CREATE INDEX outbox_feedback ON outbox (subject) WHERE kind = 'feedback-ask';
