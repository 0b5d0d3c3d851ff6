-- What the person wants remembered, about themselves or for the conversations of one folder. A changed fact is a new row
-- that supersedes the old one. A fact for a folder that was removed applies nowhere, but stays readable.
CREATE TABLE facts (
  id            INTEGER PRIMARY KEY AUTOINCREMENT, -- never used twice: prompts name it
  text          TEXT NOT NULL,                     -- one line, in the person's words
  words         TEXT NOT NULL,                     -- its different words, folded, as the index has them
  scope         TEXT NOT NULL CHECK (scope IN ('person', 'folder')),
  folder_id     INTEGER REFERENCES folders (id) ON DELETE SET NULL,
  state         TEXT NOT NULL CHECK (state IN ('proposed', 'accepted', 'superseded', 'expired', 'rejected')),
  origin        TEXT NOT NULL CHECK (origin IN ('person', 'rule', 'model')),
  topic         TEXT NOT NULL DEFAULT '',          -- 'name', 'home', …: only one fact of it can be true; '': none
  message_id    INTEGER REFERENCES messages (id) ON DELETE SET NULL, -- where it was said
  quote         TEXT NOT NULL DEFAULT '',          -- the sentence there
  supersedes_id INTEGER REFERENCES facts (id) ON DELETE SET NULL,
  created_at    INTEGER NOT NULL,
  changed_at    INTEGER NOT NULL,
  accepted_at   INTEGER,                           -- the order in prompts: what changed last comes last
  expires_at    INTEGER,
  deleted_at    INTEGER,                           -- forgotten: in the trash; 0: being deleted for good
  CHECK (folder_id IS NULL OR scope = 'folder')
) STRICT;
CREATE INDEX facts_folder ON facts (folder_id) WHERE folder_id IS NOT NULL;
CREATE INDEX facts_message ON facts (message_id) WHERE message_id IS NOT NULL;
CREATE INDEX facts_supersedes ON facts (supersedes_id) WHERE supersedes_id IS NOT NULL;
CREATE INDEX facts_usable ON facts (scope, folder_id, accepted_at DESC, id DESC)
  WHERE state = 'accepted' AND deleted_at IS NULL;
CREATE INDEX facts_proposed ON facts (id) WHERE state = 'proposed' AND deleted_at IS NULL;
CREATE INDEX facts_expiring ON facts (expires_at) WHERE expires_at IS NOT NULL AND state IN ('proposed', 'accepted');
CREATE INDEX facts_words ON facts (words);
CREATE INDEX facts_trash ON facts (deleted_at) WHERE deleted_at IS NOT NULL;

CREATE VIRTUAL TABLE facts_fts USING fts5 (
  words,
  content = 'facts',
  content_rowid = 'id',
  tokenize = "unicode61 remove_diacritics 2"
);
-- A fact's words leave the index with it: the last ones of an index can't be merged out.
INSERT INTO facts_fts (facts_fts, rank) VALUES ('secure-delete', 1);
CREATE TRIGGER facts_index_insert AFTER INSERT ON facts BEGIN
  INSERT INTO facts_fts (rowid, words) VALUES (new.id, new.words);
END;
CREATE TRIGGER facts_index_delete AFTER DELETE ON facts BEGIN
  INSERT INTO facts_fts (facts_fts, rowid, words) VALUES ('delete', old.id, old.words);
END;
CREATE TRIGGER facts_index_update AFTER UPDATE OF words ON facts BEGIN
  INSERT INTO facts_fts (facts_fts, rowid, words) VALUES ('delete', old.id, old.words);
  INSERT INTO facts_fts (rowid, words) VALUES (new.id, new.words);
END;

-- A message that is deleted for good takes its words along: what was only proposed goes, what was accepted loses its quote.
CREATE TRIGGER facts_source_deleted AFTER UPDATE OF message_id ON facts
WHEN new.message_id IS NULL AND old.message_id IS NOT NULL BEGIN
  UPDATE facts SET quote = '' WHERE id = new.id;
  DELETE FROM facts WHERE id = new.id AND state IN ('proposed', 'rejected');
END;

-- A fact in prompts and ledgers goes with it. `withdrawn`: it is not sent again. 1: it doesn't hold there, 2: forgotten.
ALTER TABLE context_pieces ADD COLUMN fact_id INTEGER REFERENCES facts (id) ON DELETE CASCADE;
ALTER TABLE context_pieces ADD COLUMN withdrawn INTEGER NOT NULL DEFAULT 0;
CREATE INDEX context_pieces_fact ON context_pieces (fact_id) WHERE fact_id IS NOT NULL;
ALTER TABLE context_left_out ADD COLUMN fact_id INTEGER REFERENCES facts (id) ON DELETE CASCADE;
CREATE INDEX context_left_out_fact ON context_left_out (fact_id) WHERE fact_id IS NOT NULL;

CREATE TRIGGER facts_withdrawn AFTER UPDATE OF state, scope, folder_id, deleted_at ON facts BEGIN
  UPDATE context_pieces SET withdrawn = CASE
      WHEN new.deleted_at IS NOT NULL THEN 2
      WHEN new.state = 'accepted' AND (new.scope = 'person' OR new.folder_id = (
        SELECT c.folder_id FROM messages m JOIN conversations c ON c.id = m.conversation_id WHERE m.id = message_id
      )) THEN 0
      ELSE 1
    END
  WHERE fact_id = new.id;
END;
CREATE TRIGGER facts_moved AFTER UPDATE OF folder_id ON conversations WHEN old.folder_id IS NOT new.folder_id BEGIN
  UPDATE context_pieces SET withdrawn = (
      SELECT iif(f.state = 'accepted' AND f.folder_id = new.folder_id, 0, 1) FROM facts f WHERE f.id = fact_id
    )
  WHERE fact_id IN (SELECT id FROM facts WHERE scope = 'folder' AND deleted_at IS NULL)
    AND message_id IN (SELECT id FROM messages WHERE conversation_id = new.id);
END;

-- Whether a conversation uses and proposes facts; NULL: the usual, which is yes.
ALTER TABLE conversations ADD COLUMN memory INTEGER;
