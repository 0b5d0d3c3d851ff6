-- Order among conversations, how each is answered, what is not sent yet, and what is attached.

CREATE TABLE folders (
  id         INTEGER PRIMARY KEY,
  name       TEXT NOT NULL UNIQUE COLLATE NOCASE,
  position   INTEGER NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE tags (
  id         INTEGER PRIMARY KEY,
  name       TEXT NOT NULL UNIQUE COLLATE NOCASE,
  created_at INTEGER NOT NULL
) STRICT;

-- Sampling columns that are NULL leave it to the next in line: conversation, preset, settings. Two of them can be chosen
-- to be nothing: max_tokens 0 is no limit, seed -1 draws one.
CREATE TABLE presets (
  id             INTEGER PRIMARY KEY,
  name           TEXT NOT NULL UNIQUE COLLATE NOCASE,
  system_prompt  TEXT NOT NULL DEFAULT '',
  temperature    REAL,
  top_k          INTEGER,
  top_p          REAL,
  min_p          REAL,
  repeat_penalty REAL,
  max_tokens     INTEGER,
  stop           TEXT,                           -- JSON array of texts
  seed           INTEGER,
  context_size   INTEGER,
  created_at     INTEGER NOT NULL,
  updated_at     INTEGER NOT NULL
) STRICT;

ALTER TABLE conversations ADD COLUMN pinned_at INTEGER;
ALTER TABLE conversations ADD COLUMN archived_at INTEGER;
ALTER TABLE conversations ADD COLUMN folder_id INTEGER REFERENCES folders (id) ON DELETE SET NULL;
-- The message of another conversation that this one began as a copy up to.
ALTER TABLE conversations ADD COLUMN branched_from_id INTEGER REFERENCES messages (id) ON DELETE SET NULL;
ALTER TABLE conversations ADD COLUMN preset_id INTEGER REFERENCES presets (id) ON DELETE SET NULL;
ALTER TABLE conversations ADD COLUMN temperature REAL;
ALTER TABLE conversations ADD COLUMN top_k INTEGER;
ALTER TABLE conversations ADD COLUMN top_p REAL;
ALTER TABLE conversations ADD COLUMN min_p REAL;
ALTER TABLE conversations ADD COLUMN repeat_penalty REAL;
ALTER TABLE conversations ADD COLUMN max_tokens INTEGER;
ALTER TABLE conversations ADD COLUMN stop TEXT;
ALTER TABLE conversations ADD COLUMN seed INTEGER;
ALTER TABLE conversations ADD COLUMN context_size INTEGER;
-- Where an imported conversation comes from ('chatgpt', 'jan', …) and what it is called there.
ALTER TABLE conversations ADD COLUMN imported_from TEXT;
ALTER TABLE conversations ADD COLUMN imported_key TEXT;

CREATE INDEX conversations_folder ON conversations (folder_id);
CREATE INDEX conversations_branched_from ON conversations (branched_from_id);
CREATE INDEX conversations_preset ON conversations (preset_id);
CREATE INDEX conversations_imported ON conversations (imported_from, imported_key) WHERE imported_from IS NOT NULL;
CREATE INDEX conversations_pinned ON conversations (pinned_at DESC, id DESC)
  WHERE pinned_at IS NOT NULL AND deleted_at IS NULL AND archived_at IS NULL;
CREATE INDEX conversations_archived ON conversations (updated_at DESC, id DESC)
  WHERE archived_at IS NOT NULL AND deleted_at IS NULL;
CREATE INDEX conversations_in_folder ON conversations (folder_id, updated_at DESC, id DESC)
  WHERE folder_id IS NOT NULL AND deleted_at IS NULL AND archived_at IS NULL;
CREATE INDEX conversations_loose ON conversations (updated_at DESC, id DESC)
  WHERE pinned_at IS NULL AND folder_id IS NULL AND deleted_at IS NULL AND archived_at IS NULL;
DROP INDEX conversations_trash;
CREATE INDEX conversations_trash ON conversations (deleted_at DESC, id DESC) WHERE deleted_at IS NOT NULL;
DROP INDEX conversations_newest;
CREATE INDEX conversations_newest ON conversations (updated_at DESC, id DESC)
  WHERE deleted_at IS NULL AND archived_at IS NULL;

CREATE TABLE conversation_tags (
  conversation_id INTEGER NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
  tag_id          INTEGER NOT NULL REFERENCES tags (id) ON DELETE CASCADE,
  PRIMARY KEY (conversation_id, tag_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX conversation_tags_tag ON conversation_tags (tag_id, conversation_id);

-- When the trash was emptied; backups from before are removed some time later. A row with 0 is there while it is being
-- emptied: conversations whose deleted_at is 0 are deleted, then the indexes are merged, then the log is cut. Whoever
-- opens the database goes on with it.
CREATE TABLE trash_emptied (
  at INTEGER PRIMARY KEY
) STRICT;

-- The answer that this one goes on from: its text begins with that one's.
ALTER TABLE messages ADD COLUMN continues_id INTEGER REFERENCES messages (id) ON DELETE SET NULL;
-- Model that wrote an imported answer, in the other program's words.
ALTER TABLE messages ADD COLUMN model_name TEXT;
CREATE INDEX messages_continues ON messages (continues_id) WHERE continues_id IS NOT NULL;

-- Text typed and not sent yet. conversation_id NULL: the one of a conversation that has not begun.
CREATE TABLE drafts (
  id              INTEGER PRIMARY KEY,
  conversation_id INTEGER UNIQUE REFERENCES conversations (id) ON DELETE CASCADE,
  text            TEXT NOT NULL,
  updated_at      INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX drafts_new ON drafts ((1)) WHERE conversation_id IS NULL;

-- A text file that was attached. With message_id NULL it waits with the draft of conversation_id, or, where that is NULL
-- too, with the one of a conversation that has not begun. Once sent it never changes: it is part of the prompt.
CREATE TABLE attachments (
  id              INTEGER PRIMARY KEY,
  message_id      INTEGER REFERENCES messages (id) ON DELETE CASCADE,
  conversation_id INTEGER REFERENCES conversations (id) ON DELETE CASCADE,
  position        INTEGER NOT NULL,
  name            TEXT NOT NULL,
  media_type      TEXT NOT NULL,
  size_bytes      INTEGER NOT NULL,              -- of the file, not of its text
  characters      INTEGER NOT NULL,              -- of its text, as JavaScript counts them
  pages           INTEGER,                       -- of a PDF
  created_at      INTEGER NOT NULL,
  text            TEXT NOT NULL,                 -- what the model is given; last, so that the others are read without it
  CHECK (message_id IS NULL OR conversation_id IS NULL)
) STRICT;
CREATE INDEX attachments_message ON attachments (message_id, position) WHERE message_id IS NOT NULL;
CREATE INDEX attachments_conversation ON attachments (conversation_id) WHERE conversation_id IS NOT NULL;
CREATE INDEX attachments_new ON attachments (position) WHERE message_id IS NULL AND conversation_id IS NULL;

-- What people said of answers, without the signals: of those there is one for almost every answer.
DROP INDEX feedback_newest;
CREATE INDEX feedback_said ON feedback (message_id)
  WHERE superseded_at IS NULL AND removed_at IS NULL AND (kind <> 'signal' OR source = 'suggested');
