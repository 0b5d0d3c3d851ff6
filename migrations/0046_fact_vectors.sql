-- What accepted facts mean, where there is an embedding model: which of them go into a prompt that has no room for all.
-- Packed as the vectors of documents.
CREATE TABLE fact_vectors (
  fact_id      INTEGER PRIMARY KEY REFERENCES facts (id) ON DELETE CASCADE,
  vector_model TEXT NOT NULL,                      -- the weights that it is from, by SHA-256 or path
  vector       BLOB NOT NULL
) STRICT;

-- A vector tells of the words that it is from: it goes when they change, and when the fact isn't used any more.
CREATE TRIGGER facts_vector_outdated AFTER UPDATE OF text, state ON facts
WHEN new.text <> old.text OR new.state <> 'accepted' BEGIN
  DELETE FROM fact_vectors WHERE fact_id = new.id;
END;
