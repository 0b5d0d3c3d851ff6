CREATE TABLE adapters (
  id                 INTEGER PRIMARY KEY,
  name               TEXT NOT NULL,
  path               TEXT NOT NULL,
  sha256             TEXT NOT NULL,           -- of the file
  size_bytes         INTEGER NOT NULL,
  architecture       TEXT NOT NULL,
  rank               INTEGER NOT NULL,
  alpha              REAL NOT NULL,
  modules            TEXT NOT NULL,           -- JSON array: kinds of weights that it changes
  base_model_file_id INTEGER REFERENCES model_files (id) ON DELETE SET NULL,
  base_sha256        TEXT,                    -- of the weights that it was made for; NULL: not known
  base_name          TEXT NOT NULL,           -- at the time, for people
  base_quantization  TEXT NOT NULL,
  base_parameters    INTEGER NOT NULL,        -- the same in every quantisation
  origin             TEXT NOT NULL CHECK (origin IN ('trained', 'gguf', 'peft')),
  training_run_id    INTEGER,                 -- of the run that trained it
  dataset_version_id INTEGER REFERENCES dataset_versions (id) ON DELETE SET NULL,
  manifest           TEXT NOT NULL,           -- JSON; '': none
  licence_note       TEXT NOT NULL,
  created_at         INTEGER NOT NULL,
  removed_at         INTEGER                  -- out of the library; kept because answers refer to it
) STRICT;

CREATE INDEX adapters_base ON adapters (base_model_file_id);

CREATE INDEX adapters_dataset_version ON adapters (dataset_version_id);

CREATE INDEX adapters_training_run ON adapters (training_run_id);

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

CREATE TABLE answer_rounds (
  message_id        INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
  round             INTEGER NOT NULL,              -- from 0
  content_end       INTEGER NOT NULL,              -- UTF-16 units of the answer's content up to these calls
  reasoning_end     INTEGER NOT NULL,              -- the same of its reasoning
  prompt_tokens     INTEGER NOT NULL,
  cached_tokens     INTEGER NOT NULL,
  completion_tokens INTEGER NOT NULL,
  PRIMARY KEY (message_id, round)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER answer_steps_before_delete BEFORE DELETE ON answer_steps
WHEN (SELECT status FROM messages WHERE id = old.message_id) <> 'streaming' BEGIN
  SELECT RAISE(ABORT, 'steps belong to an answer that is being written');
END;

CREATE TRIGGER answer_steps_before_insert BEFORE INSERT ON answer_steps
WHEN (SELECT status FROM messages WHERE id = new.message_id) <> 'streaming' BEGIN
  SELECT RAISE(ABORT, 'steps belong to an answer that is being written');
END;

CREATE TRIGGER answer_steps_before_update BEFORE UPDATE ON answer_steps
WHEN (SELECT status FROM messages WHERE id = old.message_id) <> 'streaming' BEGIN
  SELECT RAISE(ABORT, 'steps belong to an answer that is being written');
END;

CREATE TABLE answer_steps (
  id          INTEGER PRIMARY KEY,
  message_id  INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
  round       INTEGER NOT NULL,
  position    INTEGER NOT NULL,                    -- calls of one round run together
  call_id     TEXT NOT NULL,
  server      TEXT NOT NULL,                       -- whose tool it is; '': built in, or there was no such tool
  name        TEXT NOT NULL,                       -- of the tool, as the model is given it
  arguments   TEXT NOT NULL,                       -- JSON as the model wrote it
  status      TEXT NOT NULL CHECK (status IN
    ('waiting', 'asking', 'running', 'done', 'failed', 'refused', 'stopped', 'interrupted')),
  result      TEXT,                                -- what the model is given
  started_at  INTEGER,
  duration_ms REAL
) STRICT;

CREATE UNIQUE INDEX answer_steps_round ON answer_steps (message_id, round, position);

CREATE TRIGGER attachments_index_before_update BEFORE UPDATE OF message_id, name, text ON attachments
WHEN old.message_id IS NOT NULL BEGIN
  INSERT INTO attachments_fts (attachments_fts, rowid, text)
    SELECT 'delete', id, text FROM searchable_attachments WHERE id = old.id;
END;

CREATE TRIGGER attachments_index_delete BEFORE DELETE ON attachments WHEN old.message_id IS NOT NULL BEGIN
  INSERT INTO attachments_fts (attachments_fts, rowid, text)
    SELECT 'delete', id, text FROM searchable_attachments WHERE id = old.id;
END;

CREATE TRIGGER attachments_index_insert AFTER INSERT ON attachments WHEN new.message_id IS NOT NULL BEGIN
  INSERT INTO attachments_fts (rowid, text) SELECT id, text FROM searchable_attachments WHERE id = new.id;
END;

CREATE TRIGGER attachments_index_update AFTER UPDATE OF message_id, name, text ON attachments
WHEN new.message_id IS NOT NULL BEGIN
  INSERT INTO attachments_fts (rowid, text) SELECT id, text FROM searchable_attachments WHERE id = new.id;
END;

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

CREATE VIRTUAL TABLE attachments_fts USING fts5 (
  text,
  content = 'searchable_attachments',
  content_rowid = 'id',
  columnsize = 0,
  prefix = '3 4',
  tokenize = "unicode61 remove_diacritics 2"
);

CREATE TABLE 'attachments_fts_config'(k PRIMARY KEY, v) WITHOUT ROWID;

CREATE TABLE 'attachments_fts_data'(id INTEGER PRIMARY KEY, block BLOB);

CREATE TABLE 'attachments_fts_idx'(segid, term, pgno, PRIMARY KEY(segid, term)) WITHOUT ROWID;

CREATE TABLE chunk_vectors (
  chunk_id      INTEGER PRIMARY KEY REFERENCES chunks (id) ON DELETE CASCADE,
  collection_id INTEGER NOT NULL REFERENCES collections (id) ON DELETE CASCADE,
  vector        BLOB NOT NULL
) STRICT;

CREATE INDEX chunk_vectors_collection ON chunk_vectors (collection_id);

CREATE TRIGGER chunks_index_delete BEFORE DELETE ON chunks BEGIN
  INSERT INTO chunks_fts (chunks_fts, rowid, text, context, place)
    SELECT 'delete', id, text, context, place FROM searchable_chunks WHERE id = old.id;
END;

CREATE TRIGGER chunks_index_insert AFTER INSERT ON chunks BEGIN
  INSERT INTO chunks_fts (rowid, text, context, place)
    SELECT id, text, context, place FROM searchable_chunks WHERE id = new.id;
END;

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

CREATE INDEX chunks_collection ON chunks (collection_id);

CREATE INDEX chunks_document ON chunks (document_id, position);

CREATE VIRTUAL TABLE chunks_fts USING fts5 (
  text, context, place,
  content = 'searchable_chunks',
  content_rowid = 'id',
  tokenize = "unicode61 remove_diacritics 2"
);

CREATE TABLE 'chunks_fts_config'(k PRIMARY KEY, v) WITHOUT ROWID;

CREATE TABLE 'chunks_fts_data'(id INTEGER PRIMARY KEY, block BLOB);

CREATE TABLE 'chunks_fts_docsize'(id INTEGER PRIMARY KEY, sz BLOB);

CREATE TABLE 'chunks_fts_idx'(segid, term, pgno, PRIMARY KEY(segid, term)) WITHOUT ROWID;

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
, documents INTEGER NOT NULL DEFAULT 0, waiting INTEGER NOT NULL DEFAULT 0, failed INTEGER NOT NULL DEFAULT 0, chunks INTEGER NOT NULL DEFAULT 0, vectors INTEGER NOT NULL DEFAULT 0, characters INTEGER NOT NULL DEFAULT 0) STRICT;

CREATE INDEX collections_model ON collections (embedding_model_id);

CREATE UNIQUE INDEX collections_name ON collections (name COLLATE NOCASE) WHERE deleted_at IS NULL;

CREATE INDEX collections_trash ON collections (deleted_at) WHERE deleted_at IS NOT NULL;

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
, dropped INTEGER NOT NULL DEFAULT 0 CHECK (dropped IN (0, 1)), adapters TEXT NOT NULL DEFAULT '[]', changed INTEGER NOT NULL DEFAULT 0 CHECK (changed IN (0, 1))) STRICT;

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
, depths TEXT NOT NULL DEFAULT '[0]', prompts TEXT NOT NULL DEFAULT '[]', task TEXT, task_run_id INTEGER REFERENCES eval_runs (id) ON DELETE SET NULL, imatrix TEXT, imported TEXT, store TEXT NOT NULL DEFAULT 'auto' CHECK (store IN ('auto', 'always', 'never')), felt TEXT NOT NULL DEFAULT '[]', text_extent INTEGER NOT NULL DEFAULT 0 CHECK (text_extent >= 0), task_extent INTEGER NOT NULL DEFAULT 0 CHECK (task_extent >= 0), gpu TEXT NOT NULL DEFAULT '{}', tools TEXT, tools_run_id INTEGER REFERENCES eval_runs (id) ON DELETE SET NULL) STRICT;

CREATE INDEX comparisons_newest ON comparisons (created_at DESC, id DESC);

CREATE INDEX comparisons_task_run ON comparisons (task_run_id);

CREATE INDEX comparisons_tools_run ON comparisons (tools_run_id) WHERE tools_run_id IS NOT NULL;

CREATE TABLE context_left_out (
  message_id INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
  position   INTEGER NOT NULL,
  kind       TEXT NOT NULL,
  title      TEXT NOT NULL,
  reason     TEXT NOT NULL,
  tokens     INTEGER,
  said       TEXT, fact_id INTEGER REFERENCES facts (id) ON DELETE CASCADE,                                 -- JSON: messages of the texts
  PRIMARY KEY (message_id, position)
) STRICT, WITHOUT ROWID;

CREATE INDEX context_left_out_fact ON context_left_out (fact_id) WHERE fact_id IS NOT NULL;

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

CREATE TABLE context_parts (
  message_id INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
  kind       TEXT NOT NULL,
  tokens     INTEGER NOT NULL,
  cached     INTEGER NOT NULL,
  build_ms   REAL NOT NULL,
  read_ms    REAL NOT NULL,
  PRIMARY KEY (message_id, kind)
) STRICT, WITHOUT ROWID;

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
, fact_id INTEGER REFERENCES facts (id) ON DELETE CASCADE, withdrawn INTEGER NOT NULL DEFAULT 0) STRICT;

CREATE INDEX context_pieces_document ON context_pieces (document_id) WHERE document_id IS NOT NULL;

CREATE INDEX context_pieces_fact ON context_pieces (fact_id) WHERE fact_id IS NOT NULL;

CREATE INDEX context_pieces_message ON context_pieces (message_id, position);

CREATE INDEX context_pieces_source_message ON context_pieces (source_message_id) WHERE source_message_id IS NOT NULL;

CREATE TABLE conversation_tags (
  conversation_id INTEGER NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
  tag_id          INTEGER NOT NULL REFERENCES tags (id) ON DELETE CASCADE,
  PRIMARY KEY (conversation_id, tag_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX conversation_tags_tag ON conversation_tags (tag_id, conversation_id);

CREATE TABLE conversation_tools (
  conversation_id INTEGER NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
  tool_id         INTEGER NOT NULL REFERENCES tools (id) ON DELETE CASCADE,
  is_used         INTEGER NOT NULL,
  PRIMARY KEY (conversation_id, tool_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX conversation_tools_tool ON conversation_tools (tool_id);

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

CREATE TRIGGER facts_moved AFTER UPDATE OF folder_id ON conversations WHEN old.folder_id IS NOT new.folder_id BEGIN
  UPDATE context_pieces SET withdrawn = (
      SELECT iif(f.state = 'accepted' AND f.folder_id = new.folder_id, 0, 1) FROM facts f WHERE f.id = fact_id
    )
  WHERE fact_id IN (SELECT id FROM facts WHERE scope = 'folder' AND deleted_at IS NULL)
    AND message_id IN (SELECT id FROM messages WHERE conversation_id = new.id);
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
, pinned_at INTEGER, archived_at INTEGER, folder_id INTEGER REFERENCES folders (id) ON DELETE SET NULL, branched_from_id INTEGER REFERENCES messages (id) ON DELETE SET NULL, preset_id INTEGER REFERENCES presets (id) ON DELETE SET NULL, temperature REAL, top_k INTEGER, top_p REAL, min_p REAL, repeat_penalty REAL, max_tokens INTEGER, stop TEXT, seed INTEGER, context_size INTEGER, imported_from TEXT, imported_key TEXT, answer_format TEXT NOT NULL DEFAULT '', top_n_sigma REAL, typical_p REAL, xtc_probability REAL, xtc_threshold REAL, dry_multiplier REAL, dry_base REAL, dry_allowed_length INTEGER, dry_penalty_last_n INTEGER, presence_penalty REAL, frequency_penalty REAL, message_prompt TEXT NOT NULL DEFAULT '', adapters TEXT NOT NULL DEFAULT '', documents TEXT NOT NULL DEFAULT '', overflow TEXT NOT NULL DEFAULT '', memory INTEGER) STRICT;

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
, documents INTEGER NOT NULL DEFAULT 0, removed_at INTEGER) STRICT;

CREATE INDEX document_sources_collection ON document_sources (collection_id);

CREATE INDEX document_sources_conversation ON document_sources (conversation_id);

CREATE INDEX document_sources_dataset ON document_sources (dataset_id);

CREATE TABLE document_texts (
  document_id INTEGER PRIMARY KEY REFERENCES documents (id) ON DELETE CASCADE,
  text        TEXT NOT NULL,
  format      TEXT NOT NULL,
  blocks      TEXT NOT NULL                          -- JSON: its structure as numbers (packBlocks)
) STRICT;

CREATE TRIGGER documents_count_delete AFTER DELETE ON documents WHEN old.state <> 'removed' BEGIN
  UPDATE collections SET documents = documents - 1, waiting = waiting - (old.state IN ('waiting', 'indexing')),
    failed = failed - (old.state = 'failed'), chunks = chunks - old.chunks, vectors = vectors - old.vectors,
    characters = characters - old.characters WHERE id = old.collection_id;
  UPDATE document_sources SET documents = documents - 1 WHERE id = old.source_id;
END;

CREATE TRIGGER documents_count_insert AFTER INSERT ON documents WHEN new.state <> 'removed' BEGIN
  UPDATE collections SET documents = documents + 1, waiting = waiting + (new.state IN ('waiting', 'indexing')),
    failed = failed + (new.state = 'failed'), chunks = chunks + new.chunks, vectors = vectors + new.vectors,
    characters = characters + new.characters WHERE id = new.collection_id;
  UPDATE document_sources SET documents = documents + 1 WHERE id = new.source_id;
END;

CREATE TRIGGER documents_count_source AFTER UPDATE OF state ON documents
  WHEN (new.state = 'removed') <> (old.state = 'removed') BEGIN
  UPDATE document_sources SET documents = documents + (new.state <> 'removed') - (old.state <> 'removed')
  WHERE id = new.source_id;
END;

CREATE TRIGGER documents_count_update AFTER UPDATE OF state, chunks, vectors, characters ON documents BEGIN
  UPDATE collections SET
    documents = documents + (new.state <> 'removed') - (old.state <> 'removed'),
    waiting = waiting + (new.state IN ('waiting', 'indexing')) - (old.state IN ('waiting', 'indexing')),
    failed = failed + (new.state = 'failed') - (old.state = 'failed'),
    chunks = chunks + new.chunks * (new.state <> 'removed') - old.chunks * (old.state <> 'removed'),
    vectors = vectors + new.vectors * (new.state <> 'removed') - old.vectors * (old.state <> 'removed'),
    characters = characters + new.characters * (new.state <> 'removed') - old.characters * (old.state <> 'removed')
  WHERE id = new.collection_id;
END;

CREATE TRIGGER documents_revision AFTER DELETE ON documents BEGIN
  UPDATE collections SET revision = revision + 1 WHERE id = old.collection_id;
END;

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
, leaving INTEGER NOT NULL DEFAULT 0 CHECK (leaving IN (0, 1))) STRICT;

CREATE INDEX documents_collection ON documents (collection_id, title COLLATE NOCASE, id, state);

CREATE INDEX documents_failed ON documents (collection_id, title COLLATE NOCASE) WHERE state = 'failed';

CREATE INDEX documents_leaving ON documents (collection_id, id) WHERE leaving = 1;

CREATE INDEX documents_pending ON documents (collection_id, id) WHERE state IN ('waiting', 'indexing');

CREATE INDEX documents_removed ON documents (removed_at) WHERE removed_at IS NOT NULL;

CREATE INDEX documents_sample ON documents (sample_id);

CREATE INDEX documents_source ON documents (source_id);

CREATE INDEX documents_unembedded ON documents (collection_id, id) WHERE state = 'ready' AND vectors < chunks;

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
  summary           TEXT, adapters TEXT NOT NULL DEFAULT '', context TEXT NOT NULL DEFAULT '',                        -- JSON: metrics over the rows so far; NULL: none yet
  UNIQUE (run_id, position)
) STRICT;

CREATE INDEX eval_arms_model_file ON eval_arms (model_file_id);

CREATE INDEX eval_arms_prompt_version ON eval_arms (prompt_version_id);

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

CREATE INDEX eval_context_pieces_document ON eval_context_pieces (document_id) WHERE document_id IS NOT NULL;

CREATE INDEX eval_context_pieces_output ON eval_context_pieces (output_id, position);

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

CREATE TABLE fact_vectors (
  fact_id      INTEGER PRIMARY KEY REFERENCES facts (id) ON DELETE CASCADE,
  vector_model TEXT NOT NULL,                      -- the weights that it is from, by SHA-256 or path
  vector       BLOB NOT NULL
) STRICT;

CREATE TRIGGER facts_index_delete AFTER DELETE ON facts BEGIN
  INSERT INTO facts_fts (facts_fts, rowid, words) VALUES ('delete', old.id, old.words);
END;

CREATE TRIGGER facts_index_insert AFTER INSERT ON facts BEGIN
  INSERT INTO facts_fts (rowid, words) VALUES (new.id, new.words);
END;

CREATE TRIGGER facts_index_update AFTER UPDATE OF words ON facts BEGIN
  INSERT INTO facts_fts (facts_fts, rowid, words) VALUES ('delete', old.id, old.words);
  INSERT INTO facts_fts (rowid, words) VALUES (new.id, new.words);
END;

CREATE TRIGGER facts_source_deleted AFTER UPDATE OF message_id ON facts
WHEN new.message_id IS NULL AND old.message_id IS NOT NULL BEGIN
  UPDATE facts SET quote = '' WHERE id = new.id;
  DELETE FROM facts WHERE id = new.id AND state IN ('proposed', 'rejected');
END;

CREATE TRIGGER facts_vector_outdated AFTER UPDATE OF text, state ON facts
WHEN new.text <> old.text OR new.state <> 'accepted' BEGIN
  DELETE FROM fact_vectors WHERE fact_id = new.id;
END;

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

CREATE INDEX facts_expiring ON facts (expires_at) WHERE expires_at IS NOT NULL AND state IN ('proposed', 'accepted');

CREATE INDEX facts_folder ON facts (folder_id) WHERE folder_id IS NOT NULL;

CREATE INDEX facts_message ON facts (message_id) WHERE message_id IS NOT NULL;

CREATE INDEX facts_proposed ON facts (id) WHERE state = 'proposed' AND deleted_at IS NULL;

CREATE INDEX facts_supersedes ON facts (supersedes_id) WHERE supersedes_id IS NOT NULL;

CREATE INDEX facts_trash ON facts (deleted_at) WHERE deleted_at IS NOT NULL;

CREATE INDEX facts_usable ON facts (scope, folder_id, accepted_at DESC, id DESC)
  WHERE state = 'accepted' AND deleted_at IS NULL;

CREATE INDEX facts_words ON facts (words);

CREATE VIRTUAL TABLE facts_fts USING fts5 (
  words,
  content = 'facts',
  content_rowid = 'id',
  tokenize = "unicode61 remove_diacritics 2"
);

CREATE TABLE 'facts_fts_config'(k PRIMARY KEY, v) WITHOUT ROWID;

CREATE TABLE 'facts_fts_data'(id INTEGER PRIMARY KEY, block BLOB);

CREATE TABLE 'facts_fts_docsize'(id INTEGER PRIMARY KEY, sz BLOB);

CREATE TABLE 'facts_fts_idx'(segid, term, pgno, PRIMARY KEY(segid, term)) WITHOUT ROWID;

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
, drafted_tokens INTEGER, accepted_tokens INTEGER, answer_format TEXT NOT NULL DEFAULT '', width INTEGER, top_n_sigma REAL, typical_p REAL, xtc_probability REAL, xtc_threshold REAL, dry_multiplier REAL, dry_base REAL, dry_allowed_length INTEGER, dry_penalty_last_n INTEGER, presence_penalty REAL, frequency_penalty REAL, message_prompt TEXT NOT NULL DEFAULT '', adapters TEXT NOT NULL DEFAULT '', tools TEXT NOT NULL DEFAULT '[]', unfound_quotes TEXT NOT NULL DEFAULT '', known_sources INTEGER NOT NULL DEFAULT 0) STRICT;

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

CREATE VIEW message_texts AS
SELECT m.id, m.content || coalesce((
    SELECT group_concat(char(10) || s.name || ' ' || s.arguments || coalesce(char(10) || s.result, ''), ''
      ORDER BY s.round, s.position)
    FROM answer_steps s WHERE s.message_id = m.id
  ), '') AS text
FROM messages m;

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
, copied_bytes INTEGER) STRICT;

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

CREATE TABLE past_vectors (
  message_id   INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
  position     INTEGER NOT NULL,
  vector_model TEXT NOT NULL,                      -- the weights that it is from, by SHA-256 or path
  vector       BLOB NOT NULL,
  PRIMARY KEY (message_id, position)
) STRICT, WITHOUT ROWID;

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
, top_n_sigma REAL, typical_p REAL, xtc_probability REAL, xtc_threshold REAL, dry_multiplier REAL, dry_base REAL, dry_allowed_length INTEGER, dry_penalty_last_n INTEGER, presence_penalty REAL, frequency_penalty REAL, message_prompt TEXT NOT NULL DEFAULT '', adapters TEXT NOT NULL DEFAULT '', overflow TEXT NOT NULL DEFAULT '') STRICT;

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

CREATE VIEW searchable_attachments AS
SELECT id,
  CASE
    WHEN head NOT GLOB (SELECT anywhere FROM unspaced_letters) THEN head
    ELSE (
      WITH RECURSIVE beginning (text) AS MATERIALIZED (SELECT substr(head, 1, 10000)),
      piece (at, text) AS (
        SELECT 1, substr(text, 1, 129) FROM beginning
        UNION ALL
        SELECT at + 128, substr(beginning.text, at + 128, 129) FROM piece, beginning WHERE length(piece.text) = 129
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
  END AS text
FROM (SELECT id, name || char(10) || substr(text, 1, 100000) AS head FROM attachments WHERE message_id IS NOT NULL);

CREATE VIEW searchable_chunks AS
SELECT id, coalesce(words, text) AS text, context, 'c' || collection_id AS place FROM chunks;

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
    WHEN octet_length(w.text) = length(w.text) THEN w.text
    WHEN w.text NOT GLOB (SELECT anywhere FROM unspaced_letters) THEN w.text
    ELSE (
      WITH RECURSIVE piece (at, text) AS (
        SELECT 1, substr(w.text, 1, 129)
        UNION ALL
        SELECT at + 128, substr(w.text, at + 128, 129) FROM piece WHERE length(text) = 129
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
FROM messages m JOIN message_texts w ON w.id = m.id LEFT JOIN generations g ON g.message_id = m.id
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

CREATE INDEX summary_drafts_based_on ON summary_drafts (based_on_id) WHERE based_on_id IS NOT NULL;

CREATE INDEX summary_drafts_until ON summary_drafts (until_id);

CREATE TABLE tags (
  id         INTEGER PRIMARY KEY,
  name       TEXT NOT NULL UNIQUE COLLATE NOCASE,
  created_at INTEGER NOT NULL
) STRICT;

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

CREATE TABLE tool_folders (
  path     TEXT PRIMARY KEY,
  added_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE tool_grants (
  id              INTEGER PRIMARY KEY,
  tool_id         INTEGER NOT NULL REFERENCES tools (id) ON DELETE CASCADE,
  conversation_id INTEGER REFERENCES conversations (id) ON DELETE CASCADE, -- NULL: in all
  pattern         TEXT NOT NULL,                  -- JSON: which arguments
  created_at      INTEGER NOT NULL
) STRICT;

CREATE INDEX tool_grants_conversation ON tool_grants (conversation_id);

CREATE INDEX tool_grants_tool ON tool_grants (tool_id);

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

CREATE UNIQUE INDEX tools_built_in ON tools (name) WHERE server_id IS NULL;

CREATE UNIQUE INDEX tools_server ON tools (server_id, name) WHERE server_id IS NOT NULL;

CREATE TABLE training_checkpoints (
  run_id        INTEGER PRIMARY KEY REFERENCES training_runs (id) ON DELETE CASCADE,
  step          INTEGER NOT NULL,
  size_bytes    INTEGER NOT NULL,
  created_at    INTEGER NOT NULL
) STRICT;

CREATE TABLE training_comparisons (
  run_id        INTEGER NOT NULL REFERENCES training_runs (id) ON DELETE CASCADE,
  eval_run_id   INTEGER NOT NULL REFERENCES eval_runs (id) ON DELETE CASCADE,
  role          TEXT NOT NULL CHECK (role IN ('held-out', 'other')),
  PRIMARY KEY (run_id, eval_run_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX training_comparisons_eval_run ON training_comparisons (eval_run_id);

CREATE TABLE training_points (
  run_id        INTEGER NOT NULL REFERENCES training_runs (id) ON DELETE CASCADE,
  step          INTEGER NOT NULL,
  loss          REAL NOT NULL,                   -- per scored token, nats; per pair for preferences
  validation    REAL,                            -- NULL: not validated at this step
  gradient_norm REAL NOT NULL,
  learning_rate REAL NOT NULL,
  tokens        INTEGER NOT NULL,                -- since the start of the run
  tokens_per_second REAL NOT NULL,
  trained_ms    REAL NOT NULL,                   -- since the start of the run, without pauses
  PRIMARY KEY (run_id, step)
) STRICT, WITHOUT ROWID;

CREATE TABLE training_runs (
  id            INTEGER PRIMARY KEY AUTOINCREMENT,
  name          TEXT NOT NULL,
  objective     TEXT NOT NULL CHECK (objective IN ('sft', 'dpo', 'distill', 'text')),
  config        TEXT NOT NULL,                   -- JSON, what was asked for
  manifest      TEXT NOT NULL,                   -- JSON, everything that repeats it
  manifest_hash TEXT NOT NULL,
  status        TEXT NOT NULL CHECK (status IN ('waiting', 'running', 'paused', 'done', 'failed', 'cancelled')),
  outcome       TEXT CHECK (outcome IN ('done', 'stopped', 'early')),
  failure       TEXT,                            -- JSON of failureSchema
  model_file_id INTEGER REFERENCES model_files (id) ON DELETE SET NULL,
  dataset_version_id INTEGER REFERENCES dataset_versions (id),  -- NULL: texts
  check_report  TEXT,                            -- JSON, what the samples are like
  steps         INTEGER NOT NULL DEFAULT 0,      -- of the whole run; 0: not known yet
  conditions    TEXT NOT NULL DEFAULT '{}',      -- JSON: engine build, processor, threads, …
  warnings      TEXT NOT NULL DEFAULT '[]',      -- JSON
  peak_bytes    INTEGER,
  adapter       TEXT,                            -- JSON: path, size, hash, step; NULL: none yet
  created_at    INTEGER NOT NULL,
  started_at    INTEGER,
  ended_at      INTEGER
, comparison_id INTEGER REFERENCES comparisons (id) ON DELETE SET NULL) STRICT;

CREATE INDEX training_runs_comparison ON training_runs (comparison_id);

CREATE INDEX training_runs_dataset_version ON training_runs (dataset_version_id);

CREATE INDEX training_runs_model_file ON training_runs (model_file_id);

CREATE TABLE training_samples (
  run_id        INTEGER NOT NULL REFERENCES training_runs (id) ON DELETE CASCADE,
  position      INTEGER NOT NULL,
  key           TEXT NOT NULL,
  turns         TEXT NOT NULL,                   -- JSON
  target        TEXT,
  before        TEXT,
  after         TEXT,
  PRIMARY KEY (run_id, position)
) STRICT, WITHOUT ROWID;

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
