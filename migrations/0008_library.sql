-- What a file is for, split models, files that are listed with what is wrong with them.
ALTER TABLE model_files ADD COLUMN kind TEXT NOT NULL DEFAULT 'model'
  CHECK (kind IN ('model', 'embedding', 'reranker', 'projector', 'adapter', 'other'));
ALTER TABLE model_files ADD COLUMN parts INTEGER NOT NULL DEFAULT 1;
ALTER TABLE model_files ADD COLUMN problem TEXT;   -- JSON of a failure: the file could not be used as it was last read

-- Folders that are scanned in place.
CREATE TABLE model_folders (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  path       TEXT NOT NULL UNIQUE,
  app        TEXT,                                 -- whose usual folder it is; NULL: one that a person named
  added_at   INTEGER NOT NULL,
  scanned_at INTEGER                               -- NULL: not to the end yet
) STRICT;

-- One row a load: what it was estimated at, what it took. Later estimates are corrected by it.
CREATE TABLE model_loads (
  id                INTEGER PRIMARY KEY AUTOINCREMENT,
  model_file_id     INTEGER NOT NULL REFERENCES model_files (id) ON DELETE CASCADE,
  at                INTEGER NOT NULL,
  outcome           TEXT NOT NULL CHECK (outcome IN ('loaded', 'failed')),
  machine           TEXT NOT NULL,                 -- memory and speed of another one say nothing here
  engine_build      TEXT NOT NULL,
  options           TEXT NOT NULL,                 -- JSON: load options as they were asked for
  context_size      INTEGER,
  predicted_bytes   INTEGER,                       -- before any correction
  measured_bytes    INTEGER,                       -- peak of the process so far
  worked            INTEGER NOT NULL DEFAULT 0,    -- has answered, so that its buffers were used
  load_ms           REAL,
  threads           INTEGER,
  tokens_per_second REAL,
  failure           TEXT                           -- JSON
) STRICT;
CREATE INDEX model_loads_file ON model_loads (model_file_id, id DESC);
