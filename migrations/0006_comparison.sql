-- Comparisons of quantisations: the plan, who takes part, and what was measured. A measurement is written when its step
-- ends; a step without one is still to be done, also after a kill.

CREATE TABLE comparisons (
  id               INTEGER PRIMARY KEY,
  title            TEXT NOT NULL,
  status           TEXT NOT NULL CHECK (status IN ('waiting', 'running', 'paused', 'done', 'failed')),
  context_size     INTEGER NOT NULL,
  chunks           INTEGER,                      -- of each text; NULL: all
  prompt_tokens    INTEGER NOT NULL,
  generated_tokens INTEGER NOT NULL,
  repetitions      INTEGER NOT NULL,
  threads          INTEGER NOT NULL,             -- 0: as many as there are cores
  kl_limit         REAL NOT NULL,
  conditions       TEXT NOT NULL DEFAULT '{}',   -- JSON: engine, processor, cores, load
  failure          TEXT,                         -- JSON of failureSchema
  created_at       INTEGER NOT NULL,
  ended_at         INTEGER
) STRICT;
CREATE INDEX comparisons_newest ON comparisons (created_at DESC, id DESC);

CREATE TABLE comparison_texts (
  comparison_id INTEGER NOT NULL REFERENCES comparisons (id) ON DELETE CASCADE,
  position      INTEGER NOT NULL,
  category      TEXT NOT NULL,
  path          TEXT NOT NULL,
  PRIMARY KEY (comparison_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE comparison_candidates (
  id              INTEGER PRIMARY KEY,
  comparison_id   INTEGER NOT NULL REFERENCES comparisons (id) ON DELETE CASCADE,
  position        INTEGER NOT NULL,              -- 0: the reference
  name            TEXT NOT NULL,
  model_file_id   INTEGER REFERENCES model_files (id) ON DELETE SET NULL,
  path            TEXT NOT NULL,
  quantization    TEXT NOT NULL,
  -- A file to be made of the reference before it is measured.
  produce         INTEGER NOT NULL DEFAULT 0 CHECK (produce IN (0, 1)),
  size_bytes      INTEGER,
  bits_per_weight REAL,
  fallbacks       INTEGER
) STRICT;
CREATE INDEX comparison_candidates_comparison ON comparison_candidates (comparison_id, position);
CREATE INDEX comparison_candidates_model ON comparison_candidates (model_file_id);

CREATE TABLE measurements (
  candidate_id INTEGER NOT NULL REFERENCES comparison_candidates (id) ON DELETE CASCADE,
  step         TEXT NOT NULL,                    -- 'produce', 'speed', 'quality:<position of the text>'
  result       TEXT NOT NULL,                    -- JSON of what the step measures
  elapsed_ms   REAL NOT NULL,
  measured_at  INTEGER NOT NULL,
  PRIMARY KEY (candidate_id, step)
) STRICT, WITHOUT ROWID;
