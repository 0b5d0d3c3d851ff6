-- What an answer's prompt held besides the conversation's own texts: facts, summaries, passages of documents. Those with
-- place 'message' stay with the message that was answered, so that the next prompt begins with the same tokens.
CREATE TABLE context_pieces (
  id                INTEGER PRIMARY KEY,
  message_id        INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE, -- the answer
  position          INTEGER NOT NULL,
  kind              TEXT NOT NULL,
  place             TEXT NOT NULL,
  text              TEXT NOT NULL,
  number            INTEGER,                       -- by which answers name its source; NULL: it has none
  title             TEXT NOT NULL DEFAULT '',
  document_id       INTEGER REFERENCES documents (id) ON DELETE CASCADE, -- its words go with it
  source_message_id INTEGER REFERENCES messages (id) ON DELETE CASCADE,
  page              INTEGER,
  heading           TEXT NOT NULL DEFAULT '[]',    -- JSON: outermost first
  start_at          INTEGER,                       -- offsets in the document's text
  end_at            INTEGER,
  is_whole          INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX context_pieces_message ON context_pieces (message_id, position);
CREATE INDEX context_pieces_document ON context_pieces (document_id) WHERE document_id IS NOT NULL;
CREATE INDEX context_pieces_source_message ON context_pieces (source_message_id) WHERE source_message_id IS NOT NULL;

-- What the parts of an answer's prompt cost.
CREATE TABLE context_parts (
  message_id INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
  kind       TEXT NOT NULL,
  tokens     INTEGER NOT NULL,
  cached     INTEGER NOT NULL,
  build_ms   REAL NOT NULL,
  read_ms    REAL NOT NULL,
  PRIMARY KEY (message_id, kind)
) STRICT, WITHOUT ROWID;

CREATE TABLE context_left_out (
  message_id INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
  position   INTEGER NOT NULL,
  kind       TEXT NOT NULL,
  title      TEXT NOT NULL,
  reason     TEXT NOT NULL,
  tokens     INTEGER,
  said       TEXT,                                 -- JSON: messages of the texts
  PRIMARY KEY (message_id, position)
) STRICT, WITHOUT ROWID;

-- Messages before an answer that its context stood for, such as a summary: they were not sent.
CREATE TABLE context_replaced (
  message_id  INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
  replaced_id INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
  PRIMARY KEY (message_id, replaced_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX context_replaced_message ON context_replaced (replaced_id);

-- Quotes in an answer that are in none of its sources, as JSON: [[start, end], …] in its text.
ALTER TABLE generations ADD COLUMN unfound_quotes TEXT NOT NULL DEFAULT '';

-- The highest number of a source that an answer could name: its own sources, and those of earlier answers.
ALTER TABLE generations ADD COLUMN known_sources INTEGER NOT NULL DEFAULT 0;

-- Collections and documents that the answers of a conversation may use, as JSON.
ALTER TABLE conversations ADD COLUMN documents TEXT NOT NULL DEFAULT '';
