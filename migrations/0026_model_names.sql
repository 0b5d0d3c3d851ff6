-- A name that the user gave a model, and what the header says about the model that a file is a form of.
ALTER TABLE model_files ADD COLUMN display_name TEXT;  -- NULL: the name of the file
ALTER TABLE model_files ADD COLUMN lineage TEXT;       -- JSON of lineageSchema; NULL: the header was not read for it yet
