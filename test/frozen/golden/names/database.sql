CREATE TABLE aliases (
  id            INTEGER PRIMARY KEY,
  name          TEXT NOT NULL COLLATE NOCASE,
  model_file_id INTEGER REFERENCES model_files (id) ON DELETE SET NULL,
  model_name    TEXT NOT NULL,             -- at the time, for people
  source        TEXT NOT NULL,             -- JSON: where the recipe came from
  recipe        TEXT NOT NULL,             -- JSON: system prompt, prompt, sampling, context; '': the name was removed
  set_at        INTEGER NOT NULL
) STRICT;

CREATE INDEX aliases_model_file ON aliases (model_file_id);

CREATE INDEX aliases_name ON aliases (name, id DESC);

CREATE TABLE answer_figures (
  event_id          INTEGER PRIMARY KEY REFERENCES events (id) ON DELETE CASCADE,
  prompt_tokens     INTEGER NOT NULL,
  cached_tokens     INTEGER NOT NULL,
  completion_tokens INTEGER NOT NULL,
  ttft_ms           REAL NOT NULL,
  prompt_ms         REAL NOT NULL,
  generation_ms     REAL NOT NULL
) STRICT;

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

CREATE INDEX attachments_conversation ON attachments (conversation_id) WHERE conversation_id IS NOT NULL;

CREATE INDEX attachments_message ON attachments (message_id, position) WHERE message_id IS NOT NULL;

CREATE INDEX attachments_new ON attachments (position) WHERE message_id IS NULL AND conversation_id IS NULL;

CREATE TABLE comparison_candidates (
  id              INTEGER PRIMARY KEY,
  comparison_id   INTEGER NOT NULL REFERENCES comparisons (id) ON DELETE CASCADE,
  position        INTEGER NOT NULL,              -- 0: the reference
  name            TEXT NOT NULL,
  model_file_id   INTEGER REFERENCES model_files (id) ON DELETE SET NULL,
  path            TEXT NOT NULL,
  quantization    TEXT NOT NULL,
  -- A file to be made of the reference before it is measured.
  produce         INTEGER NOT NULL DEFAULT 0 CHECK (produce IN (0, 1)),
  size_bytes      INTEGER,
  bits_per_weight REAL,
  fallbacks       INTEGER
, dropped INTEGER NOT NULL DEFAULT 0 CHECK (dropped IN (0, 1))) STRICT;

CREATE INDEX comparison_candidates_comparison ON comparison_candidates (comparison_id, position);

CREATE INDEX comparison_candidates_model ON comparison_candidates (model_file_id);

CREATE TABLE comparison_texts (
  comparison_id INTEGER NOT NULL REFERENCES comparisons (id) ON DELETE CASCADE,
  position      INTEGER NOT NULL,
  category      TEXT NOT NULL,
  path          TEXT NOT NULL,
  PRIMARY KEY (comparison_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE comparisons (
  id               INTEGER PRIMARY KEY,
  title            TEXT NOT NULL,
  status           TEXT NOT NULL CHECK (status IN ('waiting', 'running', 'paused', 'done', 'failed')),
  context_size     INTEGER NOT NULL,
  chunks           INTEGER,                      -- of each text; NULL: all
  prompt_tokens    INTEGER NOT NULL,
  generated_tokens INTEGER NOT NULL,
  repetitions      INTEGER NOT NULL,
  threads          INTEGER NOT NULL,             -- 0: as many as there are cores
  kl_limit         REAL NOT NULL,
  conditions       TEXT NOT NULL DEFAULT '{}',   -- JSON: engine, processor, cores, load
  failure          TEXT,                         -- JSON of failureSchema
  created_at       INTEGER NOT NULL,
  ended_at         INTEGER
, depths TEXT NOT NULL DEFAULT '[0]', prompts TEXT NOT NULL DEFAULT '[]', task TEXT, task_run_id INTEGER REFERENCES eval_runs (id) ON DELETE SET NULL, imatrix TEXT, imported TEXT, store TEXT NOT NULL DEFAULT 'auto' CHECK (store IN ('auto', 'always', 'never')), felt TEXT NOT NULL DEFAULT '[]', text_extent INTEGER NOT NULL DEFAULT 0 CHECK (text_extent >= 0), task_extent INTEGER NOT NULL DEFAULT 0 CHECK (task_extent >= 0), gpu TEXT NOT NULL DEFAULT '{}') STRICT;

CREATE INDEX comparisons_newest ON comparisons (created_at DESC, id DESC);

CREATE INDEX comparisons_task_run ON comparisons (task_run_id);

CREATE TABLE conversation_tags (
  conversation_id INTEGER NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
  tag_id          INTEGER NOT NULL REFERENCES tags (id) ON DELETE CASCADE,
  PRIMARY KEY (conversation_id, tag_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX conversation_tags_tag ON conversation_tags (tag_id, conversation_id);

CREATE TRIGGER conversations_index_before_update BEFORE UPDATE OF title ON conversations BEGIN
  INSERT INTO conversations_fts (conversations_fts, rowid, text, place)
    SELECT 'delete', id, text, place FROM searchable_conversations WHERE id = old.id;
END;

CREATE TRIGGER conversations_index_delete BEFORE DELETE ON conversations BEGIN
  INSERT INTO conversations_fts (conversations_fts, rowid, text, place)
    SELECT 'delete', id, text, place FROM searchable_conversations WHERE id = old.id;
END;

CREATE TRIGGER conversations_index_insert AFTER INSERT ON conversations BEGIN
  INSERT INTO conversations_fts (rowid, text, place)
    SELECT id, text, place FROM searchable_conversations WHERE id = new.id;
END;

CREATE TRIGGER conversations_index_update AFTER UPDATE OF title ON conversations BEGIN
  INSERT INTO conversations_fts (rowid, text, place)
    SELECT id, text, place FROM searchable_conversations WHERE id = new.id;
END;

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
, pinned_at INTEGER, archived_at INTEGER, folder_id INTEGER REFERENCES folders (id) ON DELETE SET NULL, branched_from_id INTEGER REFERENCES messages (id) ON DELETE SET NULL, preset_id INTEGER REFERENCES presets (id) ON DELETE SET NULL, temperature REAL, top_k INTEGER, top_p REAL, min_p REAL, repeat_penalty REAL, max_tokens INTEGER, stop TEXT, seed INTEGER, context_size INTEGER, imported_from TEXT, imported_key TEXT, answer_format TEXT NOT NULL DEFAULT '', top_n_sigma REAL, typical_p REAL, xtc_probability REAL, xtc_threshold REAL, dry_multiplier REAL, dry_base REAL, dry_allowed_length INTEGER, dry_penalty_last_n INTEGER, presence_penalty REAL, frequency_penalty REAL, message_prompt TEXT NOT NULL DEFAULT '') STRICT;

CREATE INDEX conversations_archived ON conversations (updated_at DESC, id DESC)
  WHERE archived_at IS NOT NULL AND deleted_at IS NULL;

CREATE INDEX conversations_branched_from ON conversations (branched_from_id);

CREATE INDEX conversations_created ON conversations (created_at);

CREATE INDEX conversations_folder ON conversations (folder_id);

CREATE INDEX conversations_head_message ON conversations (head_message_id);

CREATE INDEX conversations_imported ON conversations (imported_from, imported_key) WHERE imported_from IS NOT NULL;

CREATE INDEX conversations_in_folder ON conversations (folder_id, updated_at DESC, id DESC)
  WHERE folder_id IS NOT NULL AND deleted_at IS NULL AND archived_at IS NULL;

CREATE INDEX conversations_loose ON conversations (updated_at DESC, id DESC)
  WHERE pinned_at IS NULL AND folder_id IS NULL AND deleted_at IS NULL AND archived_at IS NULL;

CREATE INDEX conversations_model_file ON conversations (model_file_id);

CREATE INDEX conversations_newest ON conversations (updated_at DESC, id DESC)
  WHERE deleted_at IS NULL AND archived_at IS NULL;

CREATE INDEX conversations_pinned ON conversations (pinned_at DESC, id DESC)
  WHERE pinned_at IS NOT NULL AND deleted_at IS NULL AND archived_at IS NULL;

CREATE INDEX conversations_preset ON conversations (preset_id);

CREATE INDEX conversations_trash ON conversations (deleted_at DESC, id DESC) WHERE deleted_at IS NOT NULL;

CREATE VIRTUAL TABLE conversations_fts USING fts5 (
  text, place,
  content = 'searchable_conversations',
  content_rowid = 'id',
  columnsize = 0,
  prefix = '2 3 4',
  tokenize = "unicode61 remove_diacritics 2"
);

CREATE TABLE 'conversations_fts_config'(k PRIMARY KEY, v) WITHOUT ROWID;

CREATE TABLE 'conversations_fts_data'(id INTEGER PRIMARY KEY, block BLOB);

CREATE TABLE 'conversations_fts_idx'(segid, term, pgno, PRIMARY KEY(segid, term)) WITHOUT ROWID;

CREATE TABLE dataset_undo (
  undo_id     TEXT NOT NULL,
  version_id  INTEGER NOT NULL REFERENCES dataset_versions (id) ON DELETE CASCADE,
  position    INTEGER NOT NULL,
  sample_id   INTEGER REFERENCES samples (id) ON DELETE CASCADE,  -- NULL: there was none at this position
  split       TEXT,
  PRIMARY KEY (undo_id, position)
) STRICT, WITHOUT ROWID;

CREATE INDEX dataset_undo_sample ON dataset_undo (sample_id) WHERE sample_id IS NOT NULL;

CREATE INDEX dataset_undo_version ON dataset_undo (version_id);

CREATE TABLE dataset_version_samples (
  version_id  INTEGER NOT NULL REFERENCES dataset_versions (id) ON DELETE CASCADE,
  position    INTEGER NOT NULL,
  sample_id   INTEGER NOT NULL REFERENCES samples (id) ON DELETE CASCADE,
  split       TEXT NOT NULL DEFAULT 'test',      -- 'test', 'train', 'examples', or the user's own word
  PRIMARY KEY (version_id, position)
) STRICT, WITHOUT ROWID;

CREATE INDEX dataset_version_samples_sample ON dataset_version_samples (sample_id);

CREATE TABLE dataset_versions (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  dataset_id  INTEGER NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
  number      INTEGER NOT NULL,
  note        TEXT NOT NULL DEFAULT '',
  sha256      TEXT,                              -- of its samples in order, once frozen
  samples     INTEGER NOT NULL DEFAULT 0,        -- those that are seen
  revision    INTEGER NOT NULL DEFAULT 0,        -- raised by every change of a draft
  visible_to  INTEGER,                           -- while rows arrive, the last position that is seen; -1: nothing of it is there
  changing    TEXT,                              -- undo_id of a change that is half done
  created_at  INTEGER NOT NULL,
  frozen_at   INTEGER,
  UNIQUE (dataset_id, number)
) STRICT;

CREATE UNIQUE INDEX dataset_versions_draft ON dataset_versions (dataset_id)
  WHERE frozen_at IS NULL AND (visible_to IS NULL OR visible_to >= 0);

CREATE INDEX dataset_versions_unfinished ON dataset_versions (id) WHERE visible_to IS NOT NULL OR changing IS NOT NULL;

CREATE TABLE datasets (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  name        TEXT NOT NULL,
  description TEXT NOT NULL DEFAULT '',
  starter_id  TEXT UNIQUE,                       -- one of the sets that come with Assay; NULL: the user's own
  created_at  INTEGER NOT NULL,
  updated_at  INTEGER NOT NULL,
  deleted_at  INTEGER
) STRICT;

CREATE TABLE drafts (
  id              INTEGER PRIMARY KEY,
  conversation_id INTEGER UNIQUE REFERENCES conversations (id) ON DELETE CASCADE,
  text            TEXT NOT NULL,
  updated_at      INTEGER NOT NULL
) STRICT;

CREATE UNIQUE INDEX drafts_new ON drafts ((1)) WHERE conversation_id IS NULL;

CREATE TABLE eval_arms (
  id                INTEGER PRIMARY KEY AUTOINCREMENT,
  run_id            INTEGER NOT NULL REFERENCES eval_runs (id) ON DELETE CASCADE,
  position          INTEGER NOT NULL,
  model_file_id     INTEGER REFERENCES model_files (id) ON DELETE SET NULL,
  prompt_version_id INTEGER REFERENCES prompt_versions (id),
  technique         TEXT NOT NULL,               -- JSON
  parameters        TEXT NOT NULL,               -- JSON
  examples          TEXT NOT NULL DEFAULT '[]',  -- JSON array of sample ids, in the order shown
  summary           TEXT,                        -- JSON: metrics over the rows so far; NULL: none yet
  UNIQUE (run_id, position)
) STRICT;

CREATE INDEX eval_arms_model_file ON eval_arms (model_file_id);

CREATE INDEX eval_arms_prompt_version ON eval_arms (prompt_version_id);

CREATE TABLE eval_outputs (
  id             INTEGER PRIMARY KEY AUTOINCREMENT,
  output         TEXT NOT NULL DEFAULT '',
  detail         TEXT NOT NULL DEFAULT '{}',     -- JSON: votes, log-likelihoods by choice, …
  token_ids      BLOB
) STRICT;

CREATE TRIGGER eval_outputs_deleted AFTER DELETE ON eval_results BEGIN
  DELETE FROM eval_outputs WHERE id = old.output_id
    AND NOT EXISTS (SELECT 1 FROM eval_results WHERE output_id = old.output_id);
END;

CREATE TRIGGER eval_outputs_replaced AFTER UPDATE OF output_id ON eval_results WHEN old.output_id <> new.output_id BEGIN
  DELETE FROM eval_outputs WHERE id = old.output_id
    AND NOT EXISTS (SELECT 1 FROM eval_results WHERE output_id = old.output_id);
END;

CREATE TABLE "eval_results" (
  id             INTEGER PRIMARY KEY AUTOINCREMENT,
  arm_id         INTEGER NOT NULL REFERENCES eval_arms (id) ON DELETE CASCADE,
  shard          INTEGER NOT NULL,
  sample_id      INTEGER NOT NULL REFERENCES samples (id),
  position       INTEGER NOT NULL,               -- of the sample in the run
  epoch          INTEGER NOT NULL,
  status         TEXT NOT NULL CHECK (status IN ('done', 'failed')),
  failure        TEXT,
  output_id      INTEGER NOT NULL REFERENCES eval_outputs (id),
  answer         TEXT,                           -- what was extracted of it
  prompt_tokens  INTEGER NOT NULL DEFAULT 0,
  cached_tokens  INTEGER NOT NULL DEFAULT 0,
  completion_tokens INTEGER NOT NULL DEFAULT 0,
  stop_reason    TEXT,
  ms             REAL,
  UNIQUE (arm_id, position, epoch)
) STRICT;

CREATE INDEX eval_results_output ON eval_results (output_id);

CREATE INDEX eval_results_sample ON eval_results (sample_id);

CREATE INDEX eval_results_shard ON eval_results (arm_id, shard);

CREATE TABLE eval_runs (
  id            INTEGER PRIMARY KEY AUTOINCREMENT,
  name          TEXT NOT NULL,
  config        TEXT NOT NULL,                   -- JSON, what was asked for
  manifest      TEXT NOT NULL,                   -- JSON, everything that repeats it
  manifest_hash TEXT NOT NULL,
  status        TEXT NOT NULL CHECK (status IN ('waiting', 'running', 'paused', 'done', 'failed', 'cancelled')),
  failure       TEXT,                            -- JSON of failureSchema
  dataset_version_id INTEGER NOT NULL REFERENCES dataset_versions (id),
  repeat_of     INTEGER REFERENCES eval_runs (id) ON DELETE SET NULL,
  is_baseline   INTEGER NOT NULL DEFAULT 0,
  repeatable    TEXT NOT NULL DEFAULT 'unknown' CHECK (repeatable IN ('unknown', 'yes', 'no')),
  repeatable_note TEXT NOT NULL DEFAULT '',      -- how that is known, or where it was not
  conditions    TEXT NOT NULL DEFAULT '{}',      -- JSON: cores, load, engine build, …
  created_at    INTEGER NOT NULL,
  started_at    INTEGER,
  ended_at      INTEGER,
  deleted_at    INTEGER
, warnings TEXT NOT NULL DEFAULT '[]', marked_of INTEGER REFERENCES eval_runs (id) ON DELETE SET NULL) STRICT;

CREATE INDEX eval_runs_dataset_version ON eval_runs (dataset_version_id);

CREATE INDEX eval_runs_marked ON eval_runs (marked_of);

CREATE INDEX eval_runs_repeat ON eval_runs (repeat_of);

CREATE TABLE eval_samples (
  run_id     INTEGER NOT NULL REFERENCES eval_runs (id) ON DELETE CASCADE,
  position   INTEGER NOT NULL,
  sample_id  INTEGER NOT NULL REFERENCES samples (id),
  key        TEXT NOT NULL,
  sha256     TEXT NOT NULL,
  input      TEXT NOT NULL,                      -- the beginning of it
  target     TEXT,                               -- the beginning of it
  tags       TEXT NOT NULL,                      -- JSON array of texts
  cluster    TEXT,
  PRIMARY KEY (run_id, position)
) STRICT, WITHOUT ROWID;

CREATE INDEX eval_samples_pair ON eval_samples (run_id, key, sha256);

CREATE INDEX eval_samples_sample ON eval_samples (sample_id);

CREATE TABLE eval_shards (
  arm_id      INTEGER NOT NULL REFERENCES eval_arms (id) ON DELETE CASCADE,
  position    INTEGER NOT NULL,
  status      TEXT NOT NULL CHECK (status IN ('waiting', 'done', 'failed')),
  failure     TEXT,
  ms          REAL,
  digest      TEXT,                              -- sha256 over all token ids of the shard, to compare repeats
  PRIMARY KEY (arm_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE events (
  id      INTEGER PRIMARY KEY,
  at      INTEGER NOT NULL,
  kind    TEXT NOT NULL,                         -- 'load', 'unload', 'crash', 'download', 'network', …
  subject TEXT NOT NULL,
  outcome TEXT NOT NULL,
  detail  TEXT NOT NULL DEFAULT '{}'             -- JSON
, result TEXT NOT NULL DEFAULT 'fine' CHECK (result IN ('fine', 'stopped', 'failed', 'blocked')), model_file_id INTEGER REFERENCES model_files (id) ON DELETE SET NULL, message_id INTEGER REFERENCES messages (id) ON DELETE SET NULL, conversation_id INTEGER REFERENCES conversations (id) ON DELETE SET NULL) STRICT;

CREATE INDEX events_at ON events (at);

CREATE INDEX events_conversation ON events (conversation_id) WHERE conversation_id IS NOT NULL;

CREATE INDEX events_kind ON events (kind, at DESC);

CREATE INDEX events_message ON events (message_id) WHERE message_id IS NOT NULL;

CREATE INDEX events_model_file ON events (model_file_id) WHERE model_file_id IS NOT NULL;

CREATE TABLE events_cleared (
  up_to INTEGER PRIMARY KEY,
  at    INTEGER NOT NULL
) STRICT;

CREATE TABLE feedback (
  id            INTEGER PRIMARY KEY,
  message_id    INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
  kind          TEXT NOT NULL CHECK (kind IN ('rating', 'correction', 'signal')),
  -- 'rating': up, down, or NULL for one that was cleared
  rating        TEXT CHECK (rating IN ('up', 'down')),
  comment       TEXT,
  -- 'correction': what the answer should have been; NULL for one that was taken back
  correction    TEXT,
  -- 'signal': what was done next
  signal        TEXT CHECK (signal IN ('regenerated', 'edited', 'copied', 'stopped', 'rephrased', 'continued', 'praised', 'contradicted')),
  -- 'suggested' was read out of the conversation's words and counts only once a person confirms it
  source        TEXT NOT NULL CHECK (source IN ('person', 'behaviour', 'suggested')),
  evidence      TEXT,                            -- the words or the message that it was read from
  created_at    INTEGER NOT NULL,
  superseded_at INTEGER,
  removed_at    INTEGER,
  CHECK (kind <> 'signal' OR signal IS NOT NULL)
) STRICT;

CREATE INDEX feedback_message ON feedback (message_id, id);

CREATE INDEX feedback_said ON feedback (message_id)
  WHERE superseded_at IS NULL AND removed_at IS NULL AND (kind <> 'signal' OR source = 'suggested');

CREATE TABLE feedback_tags (
  feedback_id INTEGER NOT NULL REFERENCES feedback (id) ON DELETE CASCADE,
  tag         TEXT NOT NULL,
  PRIMARY KEY (feedback_id, tag)
) STRICT, WITHOUT ROWID;

CREATE TABLE folders (
  id         INTEGER PRIMARY KEY,
  name       TEXT NOT NULL UNIQUE COLLATE NOCASE,
  position   INTEGER NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

CREATE TRIGGER generations_index_before_delete BEFORE DELETE ON generations BEGIN
  INSERT INTO messages_fts (messages_fts, rowid, text, model, place)
    SELECT 'delete', id, text, model, place FROM searchable_messages WHERE id = old.message_id;
END;

CREATE TRIGGER generations_index_before_insert BEFORE INSERT ON generations BEGIN
  INSERT INTO messages_fts (messages_fts, rowid, text, model, place)
    SELECT 'delete', id, text, model, place FROM searchable_messages WHERE id = new.message_id;
END;

CREATE TRIGGER generations_index_before_update BEFORE UPDATE OF model_name, quantization ON generations BEGIN
  INSERT INTO messages_fts (messages_fts, rowid, text, model, place)
    SELECT 'delete', id, text, model, place FROM searchable_messages WHERE id = old.message_id;
END;

CREATE TRIGGER generations_index_delete AFTER DELETE ON generations BEGIN
  INSERT INTO messages_fts (rowid, text, model, place)
    SELECT id, text, model, place FROM searchable_messages WHERE id = old.message_id;
END;

CREATE TRIGGER generations_index_insert AFTER INSERT ON generations BEGIN
  INSERT INTO messages_fts (rowid, text, model, place)
    SELECT id, text, model, place FROM searchable_messages WHERE id = new.message_id;
END;

CREATE TRIGGER generations_index_update AFTER UPDATE OF model_name, quantization ON generations BEGIN
  INSERT INTO messages_fts (rowid, text, model, place)
    SELECT id, text, model, place FROM searchable_messages WHERE id = new.message_id;
END;

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
, drafted_tokens INTEGER, accepted_tokens INTEGER, answer_format TEXT NOT NULL DEFAULT '', width INTEGER, top_n_sigma REAL, typical_p REAL, xtc_probability REAL, xtc_threshold REAL, dry_multiplier REAL, dry_base REAL, dry_allowed_length INTEGER, dry_penalty_last_n INTEGER, presence_penalty REAL, frequency_penalty REAL, message_prompt TEXT NOT NULL DEFAULT '') STRICT;

CREATE INDEX generations_model_file ON generations (model_file_id);

CREATE TABLE measurements (
  candidate_id INTEGER NOT NULL REFERENCES comparison_candidates (id) ON DELETE CASCADE,
  step         TEXT NOT NULL,                    -- 'produce', 'speed', 'quality:<position of the text>'
  result       TEXT NOT NULL,                    -- JSON of what the step measures
  elapsed_ms   REAL NOT NULL,
  measured_at  INTEGER NOT NULL,
  PRIMARY KEY (candidate_id, step)
) STRICT, WITHOUT ROWID;

CREATE TABLE message_chunks (
  message_id INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
  sequence   INTEGER NOT NULL,
  text       TEXT NOT NULL,
  PRIMARY KEY (message_id, sequence)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER messages_index_before_update
BEFORE UPDATE OF content, status, role, conversation_id, created_at, model_name ON messages
WHEN old.status <> 'streaming' BEGIN
  INSERT INTO messages_fts (messages_fts, rowid, text, model, place)
    SELECT 'delete', id, text, model, place FROM searchable_messages WHERE id = old.id;
END;

CREATE TRIGGER messages_index_delete BEFORE DELETE ON messages WHEN old.status <> 'streaming' BEGIN
  INSERT INTO messages_fts (messages_fts, rowid, text, model, place)
    SELECT 'delete', id, text, model, place FROM searchable_messages WHERE id = old.id;
END;

CREATE TRIGGER messages_index_insert AFTER INSERT ON messages WHEN new.status <> 'streaming' BEGIN
  INSERT INTO messages_fts (rowid, text, model, place)
    SELECT id, text, model, place FROM searchable_messages WHERE id = new.id;
END;

CREATE TRIGGER messages_index_update
AFTER UPDATE OF content, status, role, conversation_id, created_at, model_name ON messages
WHEN new.status <> 'streaming' BEGIN
  INSERT INTO messages_fts (rowid, text, model, place)
    SELECT id, text, model, place FROM searchable_messages WHERE id = new.id;
END;

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
, continues_id INTEGER REFERENCES messages (id) ON DELETE SET NULL, model_name TEXT) STRICT;

CREATE INDEX messages_continues ON messages (continues_id) WHERE continues_id IS NOT NULL;

CREATE INDEX messages_conversation ON messages (conversation_id, id);

CREATE INDEX messages_first ON messages (conversation_id) WHERE parent_id IS NULL;

CREATE INDEX messages_model_name ON messages (model_name) WHERE model_name IS NOT NULL;

CREATE INDEX messages_parent ON messages (parent_id);

CREATE INDEX messages_streaming ON messages (id) WHERE status = 'streaming';

CREATE VIRTUAL TABLE messages_fts USING fts5 (
  text, model, place,
  content = 'searchable_messages',
  content_rowid = 'id',
  columnsize = 0,
  prefix = '3 4',
  tokenize = "unicode61 remove_diacritics 2"
);

CREATE TABLE 'messages_fts_config'(k PRIMARY KEY, v) WITHOUT ROWID;

CREATE TABLE 'messages_fts_data'(id INTEGER PRIMARY KEY, block BLOB);

CREATE TABLE 'messages_fts_idx'(segid, term, pgno, PRIMARY KEY(segid, term)) WITHOUT ROWID;

CREATE TABLE model_file_tensors (
  model_file_id INTEGER NOT NULL REFERENCES model_files (id) ON DELETE CASCADE,
  type          TEXT NOT NULL,
  count         INTEGER NOT NULL,
  bytes         INTEGER NOT NULL,
  PRIMARY KEY (model_file_id, type)
) STRICT, WITHOUT ROWID;

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
, kind TEXT NOT NULL DEFAULT 'model'
  CHECK (kind IN ('model', 'embedding', 'reranker', 'projector', 'adapter', 'other')), parts INTEGER NOT NULL DEFAULT 1, problem TEXT, display_name TEXT, lineage TEXT) STRICT;

CREATE INDEX model_files_sha256 ON model_files (sha256);

CREATE TABLE model_folders (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  path       TEXT NOT NULL UNIQUE,
  app        TEXT,                                 -- whose usual folder it is; NULL: one that a person named
  added_at   INTEGER NOT NULL,
  scanned_at INTEGER                               -- NULL: not to the end yet
) STRICT;

CREATE TABLE model_loads (
  id                INTEGER PRIMARY KEY AUTOINCREMENT,
  model_file_id     INTEGER NOT NULL REFERENCES model_files (id) ON DELETE CASCADE,
  at                INTEGER NOT NULL,
  outcome           TEXT NOT NULL CHECK (outcome IN ('loaded', 'failed')),
  machine           TEXT NOT NULL,                 -- memory and speed of another one say nothing here
  engine_build      TEXT NOT NULL,
  options           TEXT NOT NULL,                 -- JSON: load options as they were asked for
  context_size      INTEGER,
  predicted_bytes   INTEGER,                       -- before any correction
  measured_bytes    INTEGER,                       -- peak of the process so far
  worked            INTEGER NOT NULL DEFAULT 0,    -- has answered, so that its buffers were used
  load_ms           REAL,
  threads           INTEGER,
  tokens_per_second REAL,
  failure           TEXT                           -- JSON
) STRICT;

CREATE INDEX model_loads_file ON model_loads (model_file_id, id DESC);

CREATE TABLE model_settings (
  model_file_id INTEGER NOT NULL REFERENCES model_files (id) ON DELETE CASCADE,
  key           TEXT NOT NULL,
  value         TEXT NOT NULL,                   -- JSON of the key's own schema
  updated_at    INTEGER NOT NULL,
  PRIMARY KEY (model_file_id, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE pages (
  id            INTEGER PRIMARY KEY,
  title         TEXT NOT NULL,
  title_source  TEXT NOT NULL DEFAULT 'automatic' CHECK (title_source IN ('automatic', 'user')),
  text          TEXT NOT NULL,
  revision      INTEGER NOT NULL DEFAULT 1,      -- counts the changes of the text
  insert_at     INTEGER,                         -- where text is being written, in UTF-16 units; NULL: nowhere
  inserted      TEXT NOT NULL DEFAULT '',        -- what was written there so far; moved into text at the end
  model_file_id INTEGER REFERENCES model_files (id) ON DELETE SET NULL,
  sampling      TEXT NOT NULL DEFAULT '{}',      -- JSON of samplingChoicesSchema
  created_at    INTEGER NOT NULL,
  updated_at    INTEGER NOT NULL,
  deleted_at    INTEGER                          -- in the trash since
) STRICT;

CREATE INDEX pages_model_file ON pages (model_file_id);

CREATE INDEX pages_newest ON pages (updated_at DESC, id DESC) WHERE deleted_at IS NULL;

CREATE INDEX pages_trash ON pages (deleted_at) WHERE deleted_at IS NOT NULL;

CREATE INDEX pages_written ON pages (id) WHERE insert_at IS NOT NULL;

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
, top_n_sigma REAL, typical_p REAL, xtc_probability REAL, xtc_threshold REAL, dry_multiplier REAL, dry_base REAL, dry_allowed_length INTEGER, dry_penalty_last_n INTEGER, presence_penalty REAL, frequency_penalty REAL, message_prompt TEXT NOT NULL DEFAULT '') STRICT;

CREATE TABLE prompt_drafts (
  prompt_id INTEGER PRIMARY KEY REFERENCES prompts (id) ON DELETE CASCADE,
  system TEXT NOT NULL,
  template TEXT NOT NULL,
  example TEXT NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;

CREATE TABLE prompt_versions (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  prompt_id   INTEGER NOT NULL REFERENCES prompts (id) ON DELETE CASCADE,
  number      INTEGER NOT NULL,
  system      TEXT NOT NULL DEFAULT '',
  template    TEXT NOT NULL,                     -- {{variable}}; {{input}} is the sample's input
  example     TEXT NOT NULL DEFAULT '',          -- template of one few-shot example; '': the template and the target
  note        TEXT NOT NULL DEFAULT '',
  sha256      TEXT NOT NULL,
  created_at  INTEGER NOT NULL,
  UNIQUE (prompt_id, number)
) STRICT;

CREATE TABLE prompts (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  name        TEXT NOT NULL,
  description TEXT NOT NULL DEFAULT '',
  starter_id  TEXT UNIQUE,
  created_at  INTEGER NOT NULL,
  updated_at  INTEGER NOT NULL,
  deleted_at  INTEGER
) STRICT;

CREATE TABLE samples (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  dataset_id  INTEGER NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
  key         TEXT NOT NULL,                     -- the user's id of the row, or made; the same across versions
  input       TEXT NOT NULL,                     -- text of the question, or JSON of turns where `form` is 'turns'
  form        TEXT NOT NULL DEFAULT 'text' CHECK (form IN ('text', 'turns')),
  target      TEXT,                              -- expected answer; NULL: none
  choices     TEXT,                              -- JSON array of texts
  variables   TEXT NOT NULL DEFAULT '{}',        -- JSON object: every column of the source, for templates
  metadata    TEXT NOT NULL DEFAULT '{}',        -- JSON object
  tags        TEXT NOT NULL DEFAULT '[]',        -- JSON array of texts
  cluster     TEXT,                              -- samples that share one are not independent
  message_id  INTEGER,                           -- the message it came from (conversation/), which may be gone since
  source      TEXT NOT NULL DEFAULT '{}',        -- JSON: file and row, or conversation and message
  sha256      TEXT NOT NULL,                     -- of form, input, target, choices
  created_at  INTEGER NOT NULL
) STRICT;

CREATE INDEX samples_dataset ON samples (dataset_id, key);

CREATE INDEX samples_message ON samples (message_id) WHERE message_id IS NOT NULL;

CREATE TABLE schema_migrations (
  version    INTEGER PRIMARY KEY,
  name       TEXT NOT NULL,
  checksum   TEXT NOT NULL,
  applied_at INTEGER NOT NULL
) STRICT;

CREATE TABLE scores (
  result_id   INTEGER NOT NULL REFERENCES eval_results (id) ON DELETE CASCADE,
  scorer      TEXT NOT NULL,                     -- name of the scorer in the manifest
  value       REAL,                              -- NULL: could not be scored; the explanation says why
  explanation TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (result_id, scorer)
) STRICT, WITHOUT ROWID;

CREATE VIEW searchable_conversations AS
SELECT c.id,
  CASE
    WHEN c.title NOT GLOB (SELECT anywhere FROM unspaced_letters) THEN c.title
    ELSE (
      WITH RECURSIVE letter (at) AS (
        SELECT 1
        UNION ALL
        SELECT at + 1 FROM letter WHERE at < length(c.title)
      )
      SELECT group_concat(CASE
        WHEN substr(c.title, at, 1) NOT GLOB (SELECT anywhere FROM unspaced_letters) THEN substr(c.title, at, 1)
        WHEN substr(c.title, at + 1, 1) NOT GLOB (SELECT anywhere FROM unspaced_letters)
          THEN ' ' || substr(c.title, at, 1) || ' '
        ELSE ' ' || substr(c.title, at, 1) || ' ' || substr(c.title, at, 2)
      END, '') FROM letter
    )
  END AS text,
  'c' || c.id AS place
FROM conversations c;

CREATE VIEW searchable_messages AS
SELECT m.id,
  CASE
    WHEN octet_length(m.content) = length(m.content) THEN m.content
    WHEN m.content NOT GLOB (SELECT anywhere FROM unspaced_letters) THEN m.content
    ELSE (
      WITH RECURSIVE piece (at, text) AS (
        SELECT 1, substr(m.content, 1, 129)
        UNION ALL
        SELECT at + 128, substr(m.content, at + 128, 129) FROM piece WHERE length(text) = 129
      )
      SELECT group_concat((
        WITH RECURSIVE letter (at) AS (
          SELECT 1
          UNION ALL
          SELECT at + 1 FROM letter WHERE at < min(128, length(piece.text))
        )
        SELECT group_concat(CASE
          WHEN substr(piece.text, at, 1) NOT GLOB (SELECT anywhere FROM unspaced_letters)
            THEN substr(piece.text, at, 1)
          WHEN substr(piece.text, at + 1, 1) NOT GLOB (SELECT anywhere FROM unspaced_letters)
            THEN ' ' || substr(piece.text, at, 1) || ' '
          ELSE ' ' || substr(piece.text, at, 1) || ' ' || substr(piece.text, at, 2)
        END, '') FROM letter
      ), '') FROM piece
    )
  END AS text,
  coalesce(g.model_name || ' ' || g.quantization, m.model_name, '') AS model,
  'c' || m.conversation_id || ' w' || m.role
    || coalesce(strftime(' y%Y m%Y%m', m.created_at / 1000, 'unixepoch'), '') AS place
FROM messages m LEFT JOIN generations g ON g.message_id = m.id
WHERE m.status <> 'streaming';

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

CREATE TABLE server_keys (
	id INTEGER PRIMARY KEY,
	name TEXT NOT NULL,
	-- SHA-256 of the key; a key has 256 random bits, so a slow hash would add nothing.
	hash BLOB NOT NULL UNIQUE,
	-- Its first characters, by which a person recognises it.
	beginning TEXT NOT NULL,
	-- JSON array.
	scopes TEXT NOT NULL,
	created_at INTEGER NOT NULL,
	last_used_at INTEGER,
	revoked_at INTEGER
, per_minute INTEGER, at_once INTEGER) STRICT;

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

CREATE INDEX server_requests_key ON server_requests (key_id, started_at);

CREATE INDEX server_requests_message ON server_requests (message_id);

CREATE INDEX server_requests_model_file ON server_requests (model_file_id);

CREATE UNIQUE INDEX server_requests_response ON server_requests (response_id) WHERE response_id IS NOT NULL;

CREATE INDEX server_requests_started ON server_requests (started_at);

CREATE INDEX server_requests_trash ON server_requests (deleted_at) WHERE deleted_at IS NOT NULL;

CREATE TABLE settings (
  key        TEXT PRIMARY KEY,
  value      TEXT NOT NULL,                      -- JSON of the key's own schema
  updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE sqlite_sequence(name,seq);

CREATE TABLE sqlite_stat1(tbl,idx,stat);

CREATE TABLE sqlite_stat4(tbl,idx,neq,nlt,ndlt,sample);

CREATE TABLE tags (
  id         INTEGER PRIMARY KEY,
  name       TEXT NOT NULL UNIQUE COLLATE NOCASE,
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE trash_emptied (
  at INTEGER PRIMARY KEY
) STRICT;

CREATE VIEW unspaced_letters AS SELECT '*['
  || char(0x1100) || '-' || char(0x11FF)         -- Hangul Jamo
  || char(0x2E80) || '-' || char(0x2FDF)         -- radicals
  || char(0x3005) || '-' || char(0x3007)         -- repetition, closing and zero signs
  || char(0x3021) || '-' || char(0x3029)         -- Hangzhou numerals
  || char(0x3040) || '-' || char(0x31FF)         -- Hiragana, Katakana, Bopomofo, compatibility Jamo
  || char(0x3400) || '-' || char(0x4DBF)         -- Han, extension A
  || char(0x4E00) || '-' || char(0x9FFF)         -- Han
  || char(0xA960) || '-' || char(0xA97F)         -- Hangul Jamo, extended A
  || char(0xAC00) || '-' || char(0xD7FF)         -- Hangul syllables, Jamo extended B
  || char(0xF900) || '-' || char(0xFAFF)         -- Han, compatibility
  || char(0xFF66) || '-' || char(0xFFDC)         -- half-width Katakana and Jamo
  || char(0x20000) || '-' || char(0x323AF)       -- Han, further extensions
  || ']*' AS anywhere;
