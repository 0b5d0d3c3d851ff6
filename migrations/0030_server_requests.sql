-- Requests of other programs, and their texts where a person asked for that.
CREATE TABLE server_requests (
  id                INTEGER PRIMARY KEY,
  response_id       TEXT,                         -- by which clients name the answer; NULL: it has none
  started_at        INTEGER NOT NULL,
  client            TEXT NOT NULL,                -- from the User-Agent header
  key_id            INTEGER REFERENCES server_keys (id) ON DELETE SET NULL,
  route             TEXT NOT NULL,
  model             TEXT NOT NULL DEFAULT '',     -- the name that the client is told
  model_file_id     INTEGER REFERENCES model_files (id) ON DELETE SET NULL,
  streamed          INTEGER NOT NULL DEFAULT 0,
  status            INTEGER NOT NULL,             -- 499: the client left
  error_code        TEXT,
  error             TEXT,
  prompt_tokens     INTEGER,
  cached_tokens     INTEGER,
  completion_tokens INTEGER,
  differs_at        INTEGER,                      -- first token that was not the cached one
  finish_reason     TEXT,
  is_deterministic  INTEGER NOT NULL DEFAULT 0,
  queue_ms          REAL,
  ttft_ms           REAL,
  generation_ms     REAL,
  duration_ms       REAL NOT NULL,
  message_id        INTEGER REFERENCES messages (id) ON DELETE SET NULL, -- the answer, stored for its feedback
  deleted_at        INTEGER                       -- in the trash since
) STRICT;
CREATE UNIQUE INDEX server_requests_response ON server_requests (response_id) WHERE response_id IS NOT NULL;
CREATE INDEX server_requests_started ON server_requests (started_at);
CREATE INDEX server_requests_key ON server_requests (key_id, started_at);
CREATE INDEX server_requests_model_file ON server_requests (model_file_id);
CREATE INDEX server_requests_message ON server_requests (message_id);
CREATE INDEX server_requests_trash ON server_requests (deleted_at) WHERE deleted_at IS NOT NULL;

CREATE TABLE server_bodies (
  request_id INTEGER PRIMARY KEY REFERENCES server_requests (id) ON DELETE CASCADE,
  kept_at    INTEGER NOT NULL,
  request    TEXT NOT NULL,                       -- JSON as the client sent it
  prompt     TEXT,                                -- JSON: turns, start of the answer, samplers; NULL: no model was asked
  answers    TEXT NOT NULL DEFAULT '[]',          -- JSON: content and reasoning of each
  cached     TEXT,                                -- the token in the cache at differs_at, and the prompt's own
  differs    TEXT
) STRICT;
CREATE INDEX server_bodies_kept ON server_bodies (kept_at);

-- Limits of a key; NULL: the general ones.
ALTER TABLE server_keys ADD COLUMN per_minute INTEGER;
ALTER TABLE server_keys ADD COLUMN at_once INTEGER;
