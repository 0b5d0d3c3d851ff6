-- LoRA adapters of the library, and who uses which of them how strongly.
CREATE TABLE adapters (
  id                 INTEGER PRIMARY KEY,
  name               TEXT NOT NULL,
  path               TEXT NOT NULL,
  sha256             TEXT NOT NULL,           -- of the file
  size_bytes         INTEGER NOT NULL,
  architecture       TEXT NOT NULL,
  rank               INTEGER NOT NULL,
  alpha              REAL NOT NULL,
  modules            TEXT NOT NULL,           -- JSON array: kinds of weights that it changes
  base_model_file_id INTEGER REFERENCES model_files (id) ON DELETE SET NULL,
  base_sha256        TEXT,                    -- of the weights that it was made for; NULL: not known
  base_name          TEXT NOT NULL,           -- at the time, for people
  base_quantization  TEXT NOT NULL,
  base_parameters    INTEGER NOT NULL,        -- the same in every quantisation
  origin             TEXT NOT NULL CHECK (origin IN ('trained', 'gguf', 'peft')),
  training_run_id    INTEGER,                 -- of the run that trained it
  dataset_version_id INTEGER REFERENCES dataset_versions (id) ON DELETE SET NULL,
  manifest           TEXT NOT NULL,           -- JSON; '': none
  licence_note       TEXT NOT NULL,
  created_at         INTEGER NOT NULL,
  removed_at         INTEGER                  -- out of the library; kept because answers refer to it
) STRICT;
CREATE INDEX adapters_base ON adapters (base_model_file_id);
CREATE INDEX adapters_dataset_version ON adapters (dataset_version_id);
CREATE INDEX adapters_training_run ON adapters (training_run_id);

-- JSON array of id and scale; '': those of the model's load settings; '[]': none, although the model has some.
ALTER TABLE presets ADD COLUMN adapters TEXT NOT NULL DEFAULT '';
ALTER TABLE conversations ADD COLUMN adapters TEXT NOT NULL DEFAULT '';
-- JSON array of id and scale; '': none.
ALTER TABLE eval_arms ADD COLUMN adapters TEXT NOT NULL DEFAULT '';
-- The adapters that wrote an answer, with name and SHA-256 of that time; '': none.
ALTER TABLE generations ADD COLUMN adapters TEXT NOT NULL DEFAULT '';
