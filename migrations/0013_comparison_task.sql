-- Samples that every file of a comparison answers, and the evaluation run that measures them. Scores are kept as
-- measurements, so that they stay when the run is erased.
ALTER TABLE comparisons ADD COLUMN task TEXT;   -- JSON: dataset version, prompt, technique, scorer; NULL: none
ALTER TABLE comparisons ADD COLUMN task_run_id INTEGER REFERENCES eval_runs (id) ON DELETE SET NULL;
CREATE INDEX comparisons_task_run ON comparisons (task_run_id);
