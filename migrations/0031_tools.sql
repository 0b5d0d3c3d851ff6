-- Tools that a model may call: built in, or of servers that speak the Model Context Protocol.
CREATE TABLE tool_servers (
  id          INTEGER PRIMARY KEY,
  key         TEXT NOT NULL UNIQUE,               -- random: names its secrets in tools/secrets.json, which is in no backup
  name        TEXT NOT NULL,
  command     TEXT,                               -- program to start; NULL: the server is at a URL
  args        TEXT NOT NULL DEFAULT '[]',         -- JSON array
  folder      TEXT,                               -- to start the program in; NULL: the data folder's own
  variables   TEXT NOT NULL DEFAULT '[]',         -- JSON array: names of its environment variables
  url         TEXT,
  headers     TEXT NOT NULL DEFAULT '[]',         -- JSON array: names of the headers it is sent
  is_on       INTEGER NOT NULL DEFAULT 1,
  approved    TEXT,                               -- of what the person was shown and approved, by a key in tools/secrets.json; NULL: never
  created_at  INTEGER NOT NULL,
  deleted_at  INTEGER,
  CHECK ((command IS NULL) <> (url IS NULL))
) STRICT;
CREATE UNIQUE INDEX tool_servers_name ON tool_servers (name COLLATE NOCASE) WHERE deleted_at IS NULL;

CREATE TABLE tools (
  id            INTEGER PRIMARY KEY,
  server_id     INTEGER REFERENCES tool_servers (id) ON DELETE CASCADE, -- NULL: built in
  name          TEXT NOT NULL,
  is_on         INTEGER NOT NULL DEFAULT 0,
  definition    TEXT,                             -- JSON: description and schema as the person accepted them; NULL: built in
  hash          TEXT,                             -- of name, description and schema
  changed       TEXT,                             -- JSON: what the server says now, until the person accepts it
  is_missing    INTEGER NOT NULL DEFAULT 0        -- the server no longer offers it
) STRICT;
CREATE UNIQUE INDEX tools_server ON tools (server_id, name) WHERE server_id IS NOT NULL;
CREATE UNIQUE INDEX tools_built_in ON tools (name) WHERE server_id IS NULL;

-- Where a conversation uses other tools than those that are on.
CREATE TABLE conversation_tools (
  conversation_id INTEGER NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
  tool_id         INTEGER NOT NULL REFERENCES tools (id) ON DELETE CASCADE,
  is_used         INTEGER NOT NULL,
  PRIMARY KEY (conversation_id, tool_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX conversation_tools_tool ON conversation_tools (tool_id);

-- Calls that need no question.
CREATE TABLE tool_grants (
  id              INTEGER PRIMARY KEY,
  tool_id         INTEGER NOT NULL REFERENCES tools (id) ON DELETE CASCADE,
  conversation_id INTEGER REFERENCES conversations (id) ON DELETE CASCADE, -- NULL: in all
  pattern         TEXT NOT NULL,                  -- JSON: which arguments
  created_at      INTEGER NOT NULL
) STRICT;
CREATE INDEX tool_grants_tool ON tool_grants (tool_id);
CREATE INDEX tool_grants_conversation ON tool_grants (conversation_id);

CREATE TABLE tool_calls (
  id              INTEGER PRIMARY KEY,
  at              INTEGER NOT NULL,
  conversation_id INTEGER REFERENCES conversations (id) ON DELETE CASCADE, -- NULL: called by hand
  tool_id         INTEGER REFERENCES tools (id) ON DELETE SET NULL,
  server          TEXT NOT NULL DEFAULT '',       -- names as they were; '': built in
  tool            TEXT NOT NULL,
  arguments       TEXT NOT NULL,                  -- JSON, or as the model wrote them; cut at 100,000 characters
  decision        TEXT NOT NULL CHECK (decision IN ('once', 'conversation', 'always', 'by-hand', 'refused')),
  outcome         TEXT NOT NULL CHECK (outcome IN ('done', 'error', 'timeout', 'stopped', 'refused')),
  result_bytes    INTEGER NOT NULL DEFAULT 0,     -- before it was cut
  is_truncated    INTEGER NOT NULL DEFAULT 0,
  duration_ms     REAL NOT NULL DEFAULT 0,
  cleared_at      INTEGER                         -- hidden since; deleted a minute later
) STRICT;
CREATE INDEX tool_calls_at ON tool_calls (at);
CREATE INDEX tool_calls_conversation ON tool_calls (conversation_id, at);
CREATE INDEX tool_calls_tool ON tool_calls (tool_id);

-- Folders that the built-in file reader may read.
CREATE TABLE tool_folders (
  path     TEXT PRIMARY KEY,
  added_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
