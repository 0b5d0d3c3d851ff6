-- The importance matrix that the files a comparison makes are made with, computed from a text first.
ALTER TABLE comparisons ADD COLUMN imatrix TEXT;   -- JSON: text, matrix, mark; NULL: none
