-- What an evaluation run puts into prompts besides its samples.
ALTER TABLE eval_arms ADD COLUMN context TEXT NOT NULL DEFAULT ''; -- JSON of armContextSchema; '': nothing

-- The pieces of context of an answer's prompt, in order. A document's words go with it, as from the ledgers of answers.
CREATE TABLE eval_context_pieces (
  id          INTEGER PRIMARY KEY,
  output_id   INTEGER NOT NULL REFERENCES eval_outputs (id) ON DELETE CASCADE,
  position    INTEGER NOT NULL,
  kind        TEXT NOT NULL,
  place       TEXT NOT NULL,
  text        TEXT NOT NULL,
  number      INTEGER,                       -- by which answers name its source; NULL: it has none
  title       TEXT NOT NULL DEFAULT '',
  document_id INTEGER REFERENCES documents (id) ON DELETE CASCADE,
  page        INTEGER,
  heading     TEXT NOT NULL DEFAULT '[]',    -- JSON: outermost first
  start_at    INTEGER,                       -- offsets in the document's text
  end_at      INTEGER,
  is_whole    INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX eval_context_pieces_output ON eval_context_pieces (output_id, position);
CREATE INDEX eval_context_pieces_document ON eval_context_pieces (document_id) WHERE document_id IS NOT NULL;
