-- Answers computed together in one context: most that it held at once; NULL: the answer was alone.
ALTER TABLE generations ADD COLUMN width INTEGER;
