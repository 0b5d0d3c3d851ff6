-- The comparison of base and adapter that measures what the adapter changes on neutral texts, its speed and its size.
ALTER TABLE training_runs ADD COLUMN comparison_id INTEGER REFERENCES comparisons (id) ON DELETE SET NULL;
CREATE INDEX training_runs_comparison ON training_runs (comparison_id);
