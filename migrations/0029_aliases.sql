-- Names that the person gave to a model with a recipe, as other programs ask for them. A row is one change of a name and
-- is never altered, so that each can be taken back: the newest row of a name counts.
CREATE TABLE aliases (
  id            INTEGER PRIMARY KEY,
  name          TEXT NOT NULL COLLATE NOCASE,
  model_file_id INTEGER REFERENCES model_files (id) ON DELETE SET NULL,
  model_name    TEXT NOT NULL,             -- at the time, for people
  source        TEXT NOT NULL,             -- JSON: where the recipe came from
  recipe        TEXT NOT NULL,             -- JSON: system prompt, prompt, sampling, context; '': the name was removed
  set_at        INTEGER NOT NULL
) STRICT;
CREATE INDEX aliases_name ON aliases (name, id DESC);
CREATE INDEX aliases_model_file ON aliases (model_file_id);
