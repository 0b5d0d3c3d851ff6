-- Fine-tuning on this computer. JSON columns are read through the schemas of electron/contract/adaptation.

CREATE TABLE training_runs (
  id            INTEGER PRIMARY KEY AUTOINCREMENT,
  name          TEXT NOT NULL,
  objective     TEXT NOT NULL CHECK (objective IN ('sft', 'dpo', 'distill', 'text')),
  config        TEXT NOT NULL,                   -- JSON, what was asked for
  manifest      TEXT NOT NULL,                   -- JSON, everything that repeats it
  manifest_hash TEXT NOT NULL,
  status        TEXT NOT NULL CHECK (status IN ('waiting', 'running', 'paused', 'done', 'failed', 'cancelled')),
  outcome       TEXT CHECK (outcome IN ('done', 'stopped', 'early')),
  failure       TEXT,                            -- JSON of failureSchema
  model_file_id INTEGER REFERENCES model_files (id) ON DELETE SET NULL,
  dataset_version_id INTEGER REFERENCES dataset_versions (id),  -- NULL: texts
  check_report  TEXT,                            -- JSON, what the samples are like
  steps         INTEGER NOT NULL DEFAULT 0,      -- of the whole run; 0: not known yet
  conditions    TEXT NOT NULL DEFAULT '{}',      -- JSON: engine build, processor, threads, …
  warnings      TEXT NOT NULL DEFAULT '[]',      -- JSON
  peak_bytes    INTEGER,
  adapter       TEXT,                            -- JSON: path, size, hash, step; NULL: none yet
  created_at    INTEGER NOT NULL,
  started_at    INTEGER,
  ended_at      INTEGER
) STRICT;
CREATE INDEX training_runs_model_file ON training_runs (model_file_id);
CREATE INDEX training_runs_dataset_version ON training_runs (dataset_version_id);

-- The loss curve. A run that continues from a checkpoint writes the steps after it again.
CREATE TABLE training_points (
  run_id        INTEGER NOT NULL REFERENCES training_runs (id) ON DELETE CASCADE,
  step          INTEGER NOT NULL,
  loss          REAL NOT NULL,                   -- per scored token, nats; per pair for preferences
  validation    REAL,                            -- NULL: not validated at this step
  gradient_norm REAL NOT NULL,
  learning_rate REAL NOT NULL,
  tokens        INTEGER NOT NULL,                -- since the start of the run
  tokens_per_second REAL NOT NULL,
  trained_ms    REAL NOT NULL,                   -- since the start of the run, without pauses
  PRIMARY KEY (run_id, step)
) STRICT, WITHOUT ROWID;

-- The newest checkpoint of a run; its file lies in the run's folder.
CREATE TABLE training_checkpoints (
  run_id        INTEGER PRIMARY KEY REFERENCES training_runs (id) ON DELETE CASCADE,
  step          INTEGER NOT NULL,
  size_bytes    INTEGER NOT NULL,
  created_at    INTEGER NOT NULL
) STRICT;

-- Prompts that the base and the adapter answer.
CREATE TABLE training_samples (
  run_id        INTEGER NOT NULL REFERENCES training_runs (id) ON DELETE CASCADE,
  position      INTEGER NOT NULL,
  key           TEXT NOT NULL,
  turns         TEXT NOT NULL,                   -- JSON
  target        TEXT,
  before        TEXT,
  after         TEXT,
  PRIMARY KEY (run_id, position)
) STRICT, WITHOUT ROWID;

-- Evaluation runs that compare base and adapter.
CREATE TABLE training_comparisons (
  run_id        INTEGER NOT NULL REFERENCES training_runs (id) ON DELETE CASCADE,
  eval_run_id   INTEGER NOT NULL REFERENCES eval_runs (id) ON DELETE CASCADE,
  role          TEXT NOT NULL CHECK (role IN ('held-out', 'other')),
  PRIMARY KEY (run_id, eval_run_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX training_comparisons_eval_run ON training_comparisons (eval_run_id);
