-- What a model gave for one unit, kept once however many runs mark it.
CREATE TABLE eval_outputs (
  id             INTEGER PRIMARY KEY AUTOINCREMENT,
  output         TEXT NOT NULL DEFAULT '',
  detail         TEXT NOT NULL DEFAULT '{}',     -- JSON: votes, log-likelihoods by choice, …
  token_ids      BLOB
) STRICT;
INSERT INTO eval_outputs (id, output, detail, token_ids) SELECT id, output, detail, token_ids FROM eval_results;

CREATE TABLE eval_results_shared (
  id             INTEGER PRIMARY KEY AUTOINCREMENT,
  arm_id         INTEGER NOT NULL REFERENCES eval_arms (id) ON DELETE CASCADE,
  shard          INTEGER NOT NULL,
  sample_id      INTEGER NOT NULL REFERENCES samples (id),
  position       INTEGER NOT NULL,               -- of the sample in the run
  epoch          INTEGER NOT NULL,
  status         TEXT NOT NULL CHECK (status IN ('done', 'failed')),
  failure        TEXT,
  output_id      INTEGER NOT NULL REFERENCES eval_outputs (id),
  answer         TEXT,                           -- what was extracted of it
  prompt_tokens  INTEGER NOT NULL DEFAULT 0,
  cached_tokens  INTEGER NOT NULL DEFAULT 0,
  completion_tokens INTEGER NOT NULL DEFAULT 0,
  stop_reason    TEXT,
  ms             REAL,
  UNIQUE (arm_id, position, epoch)
) STRICT;
INSERT INTO eval_results_shared
  SELECT id, arm_id, shard, sample_id, position, epoch, status, failure, id, answer, prompt_tokens, cached_tokens,
    completion_tokens, stop_reason, ms
  FROM eval_results;
DROP TABLE eval_results;
ALTER TABLE eval_results_shared RENAME TO eval_results;
CREATE INDEX eval_results_sample ON eval_results (sample_id);
CREATE INDEX eval_results_shard ON eval_results (arm_id, shard);
CREATE INDEX eval_results_output ON eval_results (output_id);

-- An output goes with the last row that has it.
CREATE TRIGGER eval_outputs_deleted AFTER DELETE ON eval_results BEGIN
  DELETE FROM eval_outputs WHERE id = old.output_id
    AND NOT EXISTS (SELECT 1 FROM eval_results WHERE output_id = old.output_id);
END;
CREATE TRIGGER eval_outputs_replaced AFTER UPDATE OF output_id ON eval_results WHEN old.output_id <> new.output_id BEGIN
  DELETE FROM eval_outputs WHERE id = old.output_id
    AND NOT EXISTS (SELECT 1 FROM eval_results WHERE output_id = old.output_id);
END;

-- The run whose outputs are marked again by other scorers; NULL: it made its own, or that run is gone.
ALTER TABLE eval_runs ADD COLUMN marked_of INTEGER REFERENCES eval_runs (id) ON DELETE SET NULL;
CREATE INDEX eval_runs_marked ON eval_runs (marked_of);
