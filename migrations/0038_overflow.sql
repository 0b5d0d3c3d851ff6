-- What happens once a conversation outgrows the context: 'drop', 'summary' or 'retrieve'; '': what the preset says, else
-- the settings.
ALTER TABLE conversations ADD COLUMN overflow TEXT NOT NULL DEFAULT '';
ALTER TABLE presets ADD COLUMN overflow TEXT NOT NULL DEFAULT '';

-- Versions of summaries. The messages before a message never change, so a summary holds for every branch that contains
-- the last message that it covers, and for no other.
CREATE TABLE summaries (
  id              INTEGER PRIMARY KEY AUTOINCREMENT, -- never used twice: an answer names it
  conversation_id INTEGER NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
  until_id        INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
  number          INTEGER NOT NULL,                -- version, from 1 in each conversation
  text            TEXT NOT NULL,
  messages        INTEGER NOT NULL,                -- that it covers
  written_by      TEXT NOT NULL CHECK (written_by IN ('model', 'person')),
  model_name      TEXT NOT NULL DEFAULT '',
  chosen          INTEGER NOT NULL,                -- of those that hold for a branch, the highest one is used
  at_once         INTEGER NOT NULL DEFAULT 0 CHECK (at_once IN (0, 1)), -- a person wrote or chose it: used from the next answer on
  created_at      INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX summaries_number ON summaries (conversation_id, number);
CREATE INDEX summaries_until ON summaries (until_id);

-- A summary that is being made: what was read so far, and what the model has written of the notes on it.
CREATE TABLE summary_drafts (
  conversation_id INTEGER PRIMARY KEY REFERENCES conversations (id) ON DELETE CASCADE,
  until_id        INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE, -- the last message that it will cover
  based_on_id     INTEGER REFERENCES summaries (id) ON DELETE CASCADE, -- the version that it continues; NULL: none
  notes           TEXT NOT NULL DEFAULT '',        -- on everything up to here:
  read_messages   INTEGER NOT NULL DEFAULT 0,      -- of those after the version that it continues
  read_characters INTEGER NOT NULL DEFAULT 0,      -- of the next one
  text            TEXT NOT NULL DEFAULT '',        -- of the notes that are being written
  is_asked        INTEGER NOT NULL DEFAULT 0 CHECK (is_asked IN (0, 1)), -- the person asked for it
  updated_at      INTEGER NOT NULL
) STRICT;
CREATE INDEX summary_drafts_until ON summary_drafts (until_id);
CREATE INDEX summary_drafts_based_on ON summary_drafts (based_on_id) WHERE based_on_id IS NOT NULL;

-- Where the prompt of an answer begins, if that isn't the beginning of its branch. Replaces a table that nothing filled.
DROP TABLE context_replaced;
CREATE TABLE context_overflow (
  message_id     INTEGER PRIMARY KEY REFERENCES messages (id) ON DELETE CASCADE, -- the answer
  policy         TEXT NOT NULL,
  first_sent_id  INTEGER REFERENCES messages (id) ON DELETE CASCADE, -- NULL: the message that was answered
  left_out       INTEGER NOT NULL,                 -- messages before it that nothing stands for
  summary_id     INTEGER REFERENCES summaries (id) ON DELETE SET NULL,
  summary_number INTEGER,
  until_id       INTEGER REFERENCES messages (id) ON DELETE CASCADE, -- the last message that the summary stands for
  summarised     INTEGER NOT NULL DEFAULT 0        -- messages that it stands for
) STRICT;
CREATE INDEX context_overflow_first_sent ON context_overflow (first_sent_id) WHERE first_sent_id IS NOT NULL;
CREATE INDEX context_overflow_summary ON context_overflow (summary_id) WHERE summary_id IS NOT NULL;
CREATE INDEX context_overflow_until ON context_overflow (until_id) WHERE until_id IS NOT NULL;

-- Vectors of the passages of messages, of conversations that look things up in their own past. A passage is a part of
-- the message's text; where it begins follows from the text. Packed as those of documents.
CREATE TABLE past_vectors (
  message_id   INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
  position     INTEGER NOT NULL,
  vector_model TEXT NOT NULL,                      -- the weights that it is from, by SHA-256 or path
  vector       BLOB NOT NULL,
  PRIMARY KEY (message_id, position)
) STRICT, WITHOUT ROWID;
