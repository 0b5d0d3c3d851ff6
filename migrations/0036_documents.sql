-- Collections of documents, cut into chunks that are found by words (BM25) and by vectors.

CREATE TABLE collections (
  id                 INTEGER PRIMARY KEY AUTOINCREMENT, -- never used twice: the search thread keeps vectors by it
  name               TEXT NOT NULL,
  settings           TEXT NOT NULL DEFAULT '{}',     -- JSON of collectionSettingsSchema
  embedding_model_id INTEGER REFERENCES model_files (id) ON DELETE SET NULL, -- chosen; NULL: the default one
  vector_model       TEXT,                           -- the weights that its vectors are from, by SHA-256 or path
  dimensions         INTEGER,                        -- of its vectors
  revision           INTEGER NOT NULL DEFAULT 0,     -- counts the changes of its chunks and vectors
  created_at         INTEGER NOT NULL,
  stopped            INTEGER NOT NULL DEFAULT 0 CHECK (stopped IN (0, 1)), -- by the user, until they start it again
  updated_at         INTEGER NOT NULL,
  deleted_at         INTEGER                         -- in the trash since; 0: being deleted for good
) STRICT;
CREATE INDEX collections_model ON collections (embedding_model_id);
CREATE UNIQUE INDEX collections_name ON collections (name COLLATE NOCASE) WHERE deleted_at IS NULL;
CREATE INDEX collections_trash ON collections (deleted_at) WHERE deleted_at IS NOT NULL;

-- Where documents come from. Conversations and datasets take what was read from them along when they are deleted.
CREATE TABLE document_sources (
  id              INTEGER PRIMARY KEY,
  collection_id   INTEGER NOT NULL REFERENCES collections (id) ON DELETE CASCADE,
  kind            TEXT NOT NULL CHECK (kind IN ('file', 'folder', 'upload', 'text', 'conversation', 'dataset')),
  path            TEXT,                              -- of a file or folder
  conversation_id INTEGER REFERENCES conversations (id) ON DELETE CASCADE,
  dataset_id      INTEGER REFERENCES datasets (id) ON DELETE CASCADE,
  column_name     TEXT,                              -- of the dataset
  watched         INTEGER NOT NULL DEFAULT 0 CHECK (watched IN (0, 1)),
  failure         TEXT,                              -- JSON of failureSchema: why it can't be reached
  created_at      INTEGER NOT NULL
) STRICT;
CREATE INDEX document_sources_collection ON document_sources (collection_id);
CREATE INDEX document_sources_conversation ON document_sources (conversation_id);
CREATE INDEX document_sources_dataset ON document_sources (dataset_id);

CREATE TABLE documents (
  id            INTEGER PRIMARY KEY AUTOINCREMENT,
  collection_id INTEGER NOT NULL REFERENCES collections (id) ON DELETE CASCADE,
  source_id     INTEGER NOT NULL REFERENCES document_sources (id) ON DELETE CASCADE,
  title         TEXT NOT NULL,
  path          TEXT,                                -- of the file it is read from
  sample_id     INTEGER REFERENCES samples (id) ON DELETE CASCADE,
  format        TEXT,                                -- NULL: not read yet
  state         TEXT NOT NULL CHECK (state IN ('waiting', 'indexing', 'ready', 'failed', 'removed')),
  failure       TEXT,                                -- JSON of failureSchema
  pages         INTEGER,
  size_bytes    INTEGER NOT NULL DEFAULT 0,
  characters    INTEGER NOT NULL DEFAULT 0,
  tokens        INTEGER NOT NULL DEFAULT 0,
  chunks        INTEGER NOT NULL DEFAULT 0,
  vectors       INTEGER NOT NULL DEFAULT 0,          -- chunks with a vector
  sha256        TEXT,                                -- of the file's bytes or the text
  counted_by    TEXT,                                -- whose tokens its chunks were counted in; NULL: an estimate
  modified_at   INTEGER,
  added_at      INTEGER NOT NULL,
  indexed_at    INTEGER,
  removed_at    INTEGER                              -- taken out by the user at
) STRICT;
CREATE INDEX documents_collection ON documents (collection_id, title COLLATE NOCASE, id);
CREATE INDEX documents_source ON documents (source_id, path);
CREATE INDEX documents_sample ON documents (sample_id);
CREATE INDEX documents_pending ON documents (id) WHERE state IN ('waiting', 'indexing');
CREATE INDEX documents_removed ON documents (removed_at) WHERE removed_at IS NOT NULL;
-- Documents also go with their conversation, dataset or sample: the search thread then has to drop their vectors.
CREATE TRIGGER documents_revision AFTER DELETE ON documents BEGIN
  UPDATE collections SET revision = revision + 1 WHERE id = old.collection_id;
END;

-- What was read from a document: chunks are parts of it.
CREATE TABLE document_texts (
  document_id INTEGER PRIMARY KEY REFERENCES documents (id) ON DELETE CASCADE,
  text        TEXT NOT NULL,
  format      TEXT NOT NULL,
  blocks      TEXT NOT NULL                          -- JSON: its structure as numbers (packBlocks)
) STRICT;

CREATE TABLE chunks (
  id            INTEGER PRIMARY KEY AUTOINCREMENT,   -- never used twice: a passage of an answer names it
  document_id   INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
  collection_id INTEGER NOT NULL REFERENCES collections (id) ON DELETE CASCADE,
  position      INTEGER NOT NULL,
  text          TEXT NOT NULL,
  start_at      INTEGER NOT NULL,                    -- offsets in the document's text, UTF-16 units
  end_at        INTEGER NOT NULL,
  page          INTEGER,                             -- the page it begins on, and the one it ends on
  last_page     INTEGER,
  heading_path  TEXT NOT NULL DEFAULT '[]',          -- JSON: headings above it, outermost first
  context       TEXT NOT NULL DEFAULT '',            -- what explains it: headings, a table's header row
  words         TEXT,                                -- what the index holds, where it isn't the text itself
  tokens        INTEGER NOT NULL
) STRICT;
CREATE INDEX chunks_document ON chunks (document_id, position);
CREATE INDEX chunks_collection ON chunks (collection_id);

-- The index holds what this view shows. `place` limits a search to collections within the index itself.
CREATE VIEW searchable_chunks AS
SELECT id, coalesce(words, text) AS text, context, 'c' || collection_id AS place FROM chunks;

CREATE VIRTUAL TABLE chunks_fts USING fts5 (
  text, context, place,
  content = 'searchable_chunks',
  content_rowid = 'id',
  tokenize = "unicode61 remove_diacritics 2"
);
INSERT INTO chunks_fts (chunks_fts, rank) VALUES ('pgsz', 1000);
-- The place limits a search and says nothing about its words.
INSERT INTO chunks_fts (chunks_fts, rank) VALUES ('rank', 'bm25(1.0, 1.0, 0.0)');

CREATE TRIGGER chunks_index_insert AFTER INSERT ON chunks BEGIN
  INSERT INTO chunks_fts (rowid, text, context, place)
    SELECT id, text, context, place FROM searchable_chunks WHERE id = new.id;
END;
CREATE TRIGGER chunks_index_delete BEFORE DELETE ON chunks BEGIN
  INSERT INTO chunks_fts (chunks_fts, rowid, text, context, place)
    SELECT 'delete', id, text, context, place FROM searchable_chunks WHERE id = old.id;
END;

-- Vectors of length 1: a scale (float32), then one int8 for each dimension.
CREATE TABLE chunk_vectors (
  chunk_id      INTEGER PRIMARY KEY REFERENCES chunks (id) ON DELETE CASCADE,
  collection_id INTEGER NOT NULL REFERENCES collections (id) ON DELETE CASCADE,
  vector        BLOB NOT NULL
) STRICT;
CREATE INDEX chunk_vectors_collection ON chunk_vectors (collection_id);
