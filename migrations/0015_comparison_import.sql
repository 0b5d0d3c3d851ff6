-- A comparison that another computer measured and exported, whole; it has no candidates or measurements of its own.
ALTER TABLE comparisons ADD COLUMN imported TEXT;   -- JSON of the export; NULL: measured here
