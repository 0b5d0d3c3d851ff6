-- Times are integer milliseconds since 1970 (UTC). Booleans are 0 or 1.

CREATE TABLE model_files (
  id                 INTEGER PRIMARY KEY,
  path               TEXT NOT NULL UNIQUE,
  name               TEXT NOT NULL,
  size_bytes         INTEGER NOT NULL,
  modified_at        INTEGER NOT NULL,
  sha256             TEXT,                       -- NULL until computed
  architecture       TEXT NOT NULL,
  parameters         INTEGER NOT NULL,
  quantization       TEXT NOT NULL,
  context_length     INTEGER,
  chat_template_hash TEXT,                       -- NULL: base model without a template
  catalogue_id       TEXT,
  license            TEXT,
  source             TEXT,                       -- where it was fetched from; NULL: added by hand
  added_at           INTEGER NOT NULL,
  removed_at         INTEGER                     -- out of the library; kept because answers refer to it
) STRICT;
CREATE INDEX model_files_sha256 ON model_files (sha256);

CREATE TABLE model_file_tensors (
  model_file_id INTEGER NOT NULL REFERENCES model_files (id) ON DELETE CASCADE,
  type          TEXT NOT NULL,
  count         INTEGER NOT NULL,
  bytes         INTEGER NOT NULL,
  PRIMARY KEY (model_file_id, type)
) STRICT, WITHOUT ROWID;

-- Per model file and key: load options set by a person, and what was measured on this machine.
CREATE TABLE model_settings (
  model_file_id INTEGER NOT NULL REFERENCES model_files (id) ON DELETE CASCADE,
  key           TEXT NOT NULL,
  value         TEXT NOT NULL,                   -- JSON of the key's own schema
  updated_at    INTEGER NOT NULL,
  PRIMARY KEY (model_file_id, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE conversations (
  id              INTEGER PRIMARY KEY,
  title           TEXT NOT NULL,
  title_source    TEXT NOT NULL DEFAULT 'automatic' CHECK (title_source IN ('automatic', 'user')),
  system_prompt   TEXT NOT NULL DEFAULT '',
  model_file_id   INTEGER REFERENCES model_files (id) ON DELETE SET NULL,
  head_message_id INTEGER REFERENCES messages (id) ON DELETE SET NULL, -- last message of the current branch
  created_at      INTEGER NOT NULL,
  updated_at      INTEGER NOT NULL,
  deleted_at      INTEGER                        -- in the trash since
) STRICT;
CREATE INDEX conversations_model_file ON conversations (model_file_id);
CREATE INDEX conversations_head_message ON conversations (head_message_id);
CREATE INDEX conversations_newest ON conversations (updated_at DESC, id DESC) WHERE deleted_at IS NULL;
CREATE INDEX conversations_trash ON conversations (deleted_at) WHERE deleted_at IS NOT NULL;

CREATE TABLE messages (
  id              INTEGER PRIMARY KEY,
  conversation_id INTEGER NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
  parent_id       INTEGER REFERENCES messages (id) ON DELETE CASCADE,
  role            TEXT NOT NULL CHECK (role IN ('user', 'assistant')),
  status          TEXT NOT NULL CHECK (status IN ('streaming', 'complete', 'stopped', 'interrupted', 'failed')),
  content         TEXT NOT NULL,
  reasoning       TEXT,
  reasoning_ms    REAL,
  failure         TEXT,                          -- JSON of failureSchema
  created_at      INTEGER NOT NULL,
  completed_at    INTEGER
) STRICT;
CREATE INDEX messages_conversation ON messages (conversation_id, id);
CREATE INDEX messages_parent ON messages (parent_id);
CREATE INDEX messages_streaming ON messages (id) WHERE status = 'streaming';

CREATE TABLE generations (
  id                INTEGER PRIMARY KEY,
  message_id        INTEGER NOT NULL UNIQUE REFERENCES messages (id) ON DELETE CASCADE,
  model_file_id     INTEGER REFERENCES model_files (id) ON DELETE SET NULL,
  model_name        TEXT NOT NULL,
  quantization      TEXT NOT NULL,
  engine_build      TEXT NOT NULL DEFAULT '',
  temperature       REAL NOT NULL,
  top_k             INTEGER NOT NULL,
  top_p             REAL NOT NULL,
  min_p             REAL NOT NULL,
  repeat_penalty    REAL NOT NULL,
  max_tokens        INTEGER,
  stop              TEXT NOT NULL,               -- JSON array of texts
  seed              INTEGER NOT NULL,
  system_prompt     TEXT NOT NULL DEFAULT '',
  context_size      INTEGER NOT NULL DEFAULT 0,
  threads           INTEGER NOT NULL DEFAULT 0,
  prompt_tokens     INTEGER NOT NULL DEFAULT 0,
  cached_tokens     INTEGER NOT NULL DEFAULT 0,
  completion_tokens INTEGER NOT NULL DEFAULT 0,
  dropped_turns     INTEGER NOT NULL DEFAULT 0,
  ttft_ms           REAL,
  prompt_ms         REAL,
  generation_ms     REAL,
  stop_reason       TEXT,
  stop_string       TEXT,
  token_ids         BLOB                         -- generated tokens, 32-bit little-endian
) STRICT;
CREATE INDEX generations_model_file ON generations (model_file_id);

-- Text of an answer still being written. Folded into messages.content when it ends.
CREATE TABLE message_chunks (
  message_id INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
  sequence   INTEGER NOT NULL,
  text       TEXT NOT NULL,
  PRIMARY KEY (message_id, sequence)
) STRICT, WITHOUT ROWID;

CREATE TABLE settings (
  key        TEXT PRIMARY KEY,
  value      TEXT NOT NULL,                      -- JSON of the key's own schema
  updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE events (
  id      INTEGER PRIMARY KEY,
  at      INTEGER NOT NULL,
  kind    TEXT NOT NULL,                         -- 'load', 'unload', 'crash', 'download', 'network', …
  subject TEXT NOT NULL,
  outcome TEXT NOT NULL,
  detail  TEXT NOT NULL DEFAULT '{}'             -- JSON
) STRICT;
CREATE INDEX events_kind ON events (kind, at DESC);

-- Complete messages only: indexed when an answer ends.
CREATE VIRTUAL TABLE messages_fts USING fts5 (
  content,
  content = 'messages',
  content_rowid = 'id',
  tokenize = "unicode61 remove_diacritics 2"
);
