-- Tool tasks that every file of a comparison answers, beside its other samples.
ALTER TABLE comparisons ADD COLUMN tools TEXT; -- JSON of a planned task; NULL: none
ALTER TABLE comparisons ADD COLUMN tools_run_id INTEGER REFERENCES eval_runs (id) ON DELETE SET NULL;
CREATE INDEX comparisons_tools_run ON comparisons (tools_run_id) WHERE tools_run_id IS NOT NULL;
