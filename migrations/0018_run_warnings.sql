-- What was known of a run before it began and bears on how its result is read: that its prompt shows the answer.
ALTER TABLE eval_runs ADD COLUMN warnings TEXT NOT NULL DEFAULT '[]';  -- JSON array of code and message
