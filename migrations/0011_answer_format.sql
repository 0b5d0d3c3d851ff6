-- What answers are held to: '' for anything, 'json' for any JSON, else a JSON Schema. An answer keeps what it was held to.
ALTER TABLE conversations ADD COLUMN answer_format TEXT NOT NULL DEFAULT '';
ALTER TABLE generations ADD COLUMN answer_format TEXT NOT NULL DEFAULT '';
