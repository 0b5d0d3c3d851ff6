-- Datasets, prompts, evaluation runs. JSON columns are read through the schemas of electron/contract.

CREATE TABLE datasets (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  name        TEXT NOT NULL,
  description TEXT NOT NULL DEFAULT '',
  starter_id  TEXT UNIQUE,                       -- one of the sets that come with Assay; NULL: the user's own
  created_at  INTEGER NOT NULL,
  updated_at  INTEGER NOT NULL,
  deleted_at  INTEGER
) STRICT;

-- A version is a draft until it is frozen; a run freezes what it uses. One draft a dataset at most.
CREATE TABLE dataset_versions (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  dataset_id  INTEGER NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
  number      INTEGER NOT NULL,
  note        TEXT NOT NULL DEFAULT '',
  sha256      TEXT,                              -- of its samples in order, once frozen
  samples     INTEGER NOT NULL DEFAULT 0,        -- those that are seen
  revision    INTEGER NOT NULL DEFAULT 0,        -- raised by every change of a draft
  visible_to  INTEGER,                           -- while rows arrive, the last position that is seen; -1: nothing of it is there
  changing    TEXT,                              -- undo_id of a change that is half done
  created_at  INTEGER NOT NULL,
  frozen_at   INTEGER,
  UNIQUE (dataset_id, number)
) STRICT;
CREATE UNIQUE INDEX dataset_versions_draft ON dataset_versions (dataset_id)
  WHERE frozen_at IS NULL AND (visible_to IS NULL OR visible_to >= 0);
CREATE INDEX dataset_versions_unfinished ON dataset_versions (id) WHERE visible_to IS NOT NULL OR changing IS NOT NULL;

-- Content of a sample, kept once however many versions hold it.
CREATE TABLE samples (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  dataset_id  INTEGER NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
  key         TEXT NOT NULL,                     -- the user's id of the row, or made; the same across versions
  input       TEXT NOT NULL,                     -- text of the question, or JSON of turns where `form` is 'turns'
  form        TEXT NOT NULL DEFAULT 'text' CHECK (form IN ('text', 'turns')),
  target      TEXT,                              -- expected answer; NULL: none
  choices     TEXT,                              -- JSON array of texts
  variables   TEXT NOT NULL DEFAULT '{}',        -- JSON object: every column of the source, for templates
  metadata    TEXT NOT NULL DEFAULT '{}',        -- JSON object
  tags        TEXT NOT NULL DEFAULT '[]',        -- JSON array of texts
  cluster     TEXT,                              -- samples that share one are not independent
  message_id  INTEGER,                           -- the message it came from (conversation/), which may be gone since
  source      TEXT NOT NULL DEFAULT '{}',        -- JSON: file and row, or conversation and message
  sha256      TEXT NOT NULL,                     -- of form, input, target, choices
  created_at  INTEGER NOT NULL
) STRICT;
CREATE INDEX samples_dataset ON samples (dataset_id, key);
CREATE INDEX samples_message ON samples (message_id) WHERE message_id IS NOT NULL;

CREATE TABLE dataset_version_samples (
  version_id  INTEGER NOT NULL REFERENCES dataset_versions (id) ON DELETE CASCADE,
  position    INTEGER NOT NULL,
  sample_id   INTEGER NOT NULL REFERENCES samples (id) ON DELETE CASCADE,
  split       TEXT NOT NULL DEFAULT 'test',      -- 'test', 'train', 'examples', or the user's own word
  PRIMARY KEY (version_id, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX dataset_version_samples_sample ON dataset_version_samples (sample_id);

-- What rows of a draft were before a change that can be taken back; emptied at every start.
CREATE TABLE dataset_undo (
  undo_id     TEXT NOT NULL,
  version_id  INTEGER NOT NULL REFERENCES dataset_versions (id) ON DELETE CASCADE,
  position    INTEGER NOT NULL,
  sample_id   INTEGER REFERENCES samples (id) ON DELETE CASCADE,  -- NULL: there was none at this position
  split       TEXT,
  PRIMARY KEY (undo_id, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX dataset_undo_version ON dataset_undo (version_id);
CREATE INDEX dataset_undo_sample ON dataset_undo (sample_id) WHERE sample_id IS NOT NULL;

CREATE TABLE prompts (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  name        TEXT NOT NULL,
  description TEXT NOT NULL DEFAULT '',
  starter_id  TEXT UNIQUE,
  created_at  INTEGER NOT NULL,
  updated_at  INTEGER NOT NULL,
  deleted_at  INTEGER
) STRICT;

-- Never changes once there.
CREATE TABLE prompt_versions (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  prompt_id   INTEGER NOT NULL REFERENCES prompts (id) ON DELETE CASCADE,
  number      INTEGER NOT NULL,
  system      TEXT NOT NULL DEFAULT '',
  template    TEXT NOT NULL,                     -- {{variable}}; {{input}} is the sample's input
  example     TEXT NOT NULL DEFAULT '',          -- template of one few-shot example; '': the template and the target
  note        TEXT NOT NULL DEFAULT '',
  sha256      TEXT NOT NULL,
  created_at  INTEGER NOT NULL,
  UNIQUE (prompt_id, number)
) STRICT;

CREATE TABLE eval_runs (
  id            INTEGER PRIMARY KEY AUTOINCREMENT,
  name          TEXT NOT NULL,
  config        TEXT NOT NULL,                   -- JSON, what was asked for
  manifest      TEXT NOT NULL,                   -- JSON, everything that repeats it
  manifest_hash TEXT NOT NULL,
  status        TEXT NOT NULL CHECK (status IN ('waiting', 'running', 'paused', 'done', 'failed', 'cancelled')),
  failure       TEXT,                            -- JSON of failureSchema
  dataset_version_id INTEGER NOT NULL REFERENCES dataset_versions (id),
  repeat_of     INTEGER REFERENCES eval_runs (id) ON DELETE SET NULL,
  is_baseline   INTEGER NOT NULL DEFAULT 0,
  repeatable    TEXT NOT NULL DEFAULT 'unknown' CHECK (repeatable IN ('unknown', 'yes', 'no')),
  repeatable_note TEXT NOT NULL DEFAULT '',      -- how that is known, or where it was not
  conditions    TEXT NOT NULL DEFAULT '{}',      -- JSON: cores, load, engine build, …
  created_at    INTEGER NOT NULL,
  started_at    INTEGER,
  ended_at      INTEGER,
  deleted_at    INTEGER
) STRICT;
CREATE INDEX eval_runs_dataset_version ON eval_runs (dataset_version_id);
CREATE INDEX eval_runs_repeat ON eval_runs (repeat_of);

-- The samples of a run in order, with what pairs them with those of other runs and what a list of them shows.
CREATE TABLE eval_samples (
  run_id     INTEGER NOT NULL REFERENCES eval_runs (id) ON DELETE CASCADE,
  position   INTEGER NOT NULL,
  sample_id  INTEGER NOT NULL REFERENCES samples (id),
  key        TEXT NOT NULL,
  sha256     TEXT NOT NULL,
  input      TEXT NOT NULL,                      -- the beginning of it
  target     TEXT,                               -- the beginning of it
  tags       TEXT NOT NULL,                      -- JSON array of texts
  cluster    TEXT,
  PRIMARY KEY (run_id, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX eval_samples_sample ON eval_samples (sample_id);
CREATE INDEX eval_samples_pair ON eval_samples (run_id, key, sha256);

-- One combination of model, prompt version, technique and parameters.
CREATE TABLE eval_arms (
  id                INTEGER PRIMARY KEY AUTOINCREMENT,
  run_id            INTEGER NOT NULL REFERENCES eval_runs (id) ON DELETE CASCADE,
  position          INTEGER NOT NULL,
  model_file_id     INTEGER REFERENCES model_files (id) ON DELETE SET NULL,
  prompt_version_id INTEGER REFERENCES prompt_versions (id),
  technique         TEXT NOT NULL,               -- JSON
  parameters        TEXT NOT NULL,               -- JSON
  examples          TEXT NOT NULL DEFAULT '[]',  -- JSON array of sample ids, in the order shown
  summary           TEXT,                        -- JSON: metrics over the rows so far; NULL: none yet
  UNIQUE (run_id, position)
) STRICT;
CREATE INDEX eval_arms_model_file ON eval_arms (model_file_id);
CREATE INDEX eval_arms_prompt_version ON eval_arms (prompt_version_id);

-- The unit of commit, resume and retry.
CREATE TABLE eval_shards (
  arm_id      INTEGER NOT NULL REFERENCES eval_arms (id) ON DELETE CASCADE,
  position    INTEGER NOT NULL,
  status      TEXT NOT NULL CHECK (status IN ('waiting', 'done', 'failed')),
  failure     TEXT,
  ms          REAL,
  digest      TEXT,                              -- sha256 over all token ids of the shard, to compare repeats
  PRIMARY KEY (arm_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE eval_results (
  id             INTEGER PRIMARY KEY AUTOINCREMENT,
  arm_id         INTEGER NOT NULL REFERENCES eval_arms (id) ON DELETE CASCADE,
  shard          INTEGER NOT NULL,
  sample_id      INTEGER NOT NULL REFERENCES samples (id),
  position       INTEGER NOT NULL,               -- of the sample in the run
  epoch          INTEGER NOT NULL,
  status         TEXT NOT NULL CHECK (status IN ('done', 'failed')),
  failure        TEXT,
  output         TEXT NOT NULL DEFAULT '',
  answer         TEXT,                           -- what was extracted of it
  detail         TEXT NOT NULL DEFAULT '{}',     -- JSON: votes, log-likelihoods by choice, …
  token_ids      BLOB,
  prompt_tokens  INTEGER NOT NULL DEFAULT 0,
  cached_tokens  INTEGER NOT NULL DEFAULT 0,
  completion_tokens INTEGER NOT NULL DEFAULT 0,
  stop_reason    TEXT,
  ms             REAL,
  UNIQUE (arm_id, position, epoch)
) STRICT;
CREATE INDEX eval_results_sample ON eval_results (sample_id);
CREATE INDEX eval_results_shard ON eval_results (arm_id, shard);

CREATE TABLE scores (
  result_id   INTEGER NOT NULL REFERENCES eval_results (id) ON DELETE CASCADE,
  scorer      TEXT NOT NULL,                     -- name of the scorer in the manifest
  value       REAL,                              -- NULL: could not be scored; the explanation says why
  explanation TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (result_id, scorer)
) STRICT, WITHOUT ROWID;
