-- Pages to write on: texts that a model continues at the cursor.
CREATE TABLE pages (
  id            INTEGER PRIMARY KEY,
  title         TEXT NOT NULL,
  title_source  TEXT NOT NULL DEFAULT 'automatic' CHECK (title_source IN ('automatic', 'user')),
  text          TEXT NOT NULL,
  revision      INTEGER NOT NULL DEFAULT 1,      -- counts the changes of the text
  insert_at     INTEGER,                         -- where text is being written, in UTF-16 units; NULL: nowhere
  inserted      TEXT NOT NULL DEFAULT '',        -- what was written there so far; moved into text at the end
  model_file_id INTEGER REFERENCES model_files (id) ON DELETE SET NULL,
  sampling      TEXT NOT NULL DEFAULT '{}',      -- JSON of samplingChoicesSchema
  created_at    INTEGER NOT NULL,
  updated_at    INTEGER NOT NULL,
  deleted_at    INTEGER                          -- in the trash since
) STRICT;
CREATE INDEX pages_model_file ON pages (model_file_id);
CREATE INDEX pages_newest ON pages (updated_at DESC, id DESC) WHERE deleted_at IS NULL;
CREATE INDEX pages_trash ON pages (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX pages_written ON pages (id) WHERE insert_at IS NOT NULL;
