-- A comparison that is done can be measured on more, and files can be left out of it. What was measured on less is kept
-- under its own step until all files were measured on more.
ALTER TABLE comparisons ADD COLUMN text_extent INTEGER NOT NULL DEFAULT 0 CHECK (text_extent >= 0);
ALTER TABLE comparisons ADD COLUMN task_extent INTEGER NOT NULL DEFAULT 0 CHECK (task_extent >= 0);
ALTER TABLE comparison_candidates ADD COLUMN dropped INTEGER NOT NULL DEFAULT 0 CHECK (dropped IN (0, 1));
