-- What happened names the model file and the answer it is about, and says in one of four words how it went.
ALTER TABLE events ADD COLUMN result TEXT NOT NULL DEFAULT 'fine' CHECK (result IN ('fine', 'stopped', 'failed', 'blocked'));
ALTER TABLE events ADD COLUMN model_file_id INTEGER REFERENCES model_files (id) ON DELETE SET NULL;
ALTER TABLE events ADD COLUMN message_id INTEGER REFERENCES messages (id) ON DELETE SET NULL;
ALTER TABLE events ADD COLUMN conversation_id INTEGER REFERENCES conversations (id) ON DELETE SET NULL;

UPDATE events SET result = CASE
  WHEN kind = 'crash' THEN 'failed'
  WHEN kind = 'load' AND outcome <> 'loaded' THEN 'failed'
  WHEN kind = 'download' AND outcome = 'cancelled' THEN 'stopped'
  WHEN kind = 'download' AND outcome = 'failed' THEN 'failed'
  WHEN kind = 'network' AND outcome LIKE 'refused%' THEN 'blocked'
  WHEN kind = 'network' AND outcome NOT GLOB '[23][0-9][0-9]' THEN 'failed'
  ELSE 'fine'
END;
UPDATE events
SET model_file_id = (SELECT f.id FROM model_files f WHERE f.id = CAST(substr(subject, 12) AS INTEGER)),
  subject = coalesce(
    (SELECT f.name || ' ' || f.quantization FROM model_files f WHERE f.id = CAST(substr(subject, 12) AS INTEGER)),
    'A model that is gone')
WHERE subject GLOB 'model-file:[0-9]*';

CREATE INDEX events_at ON events (at);
CREATE INDEX events_model_file ON events (model_file_id) WHERE model_file_id IS NOT NULL;
CREATE INDEX events_message ON events (message_id) WHERE message_id IS NOT NULL;
CREATE INDEX events_conversation ON events (conversation_id) WHERE conversation_id IS NOT NULL;

-- What an answer took; kept with its entry, so that it still counts when its conversation is gone.
CREATE TABLE answer_figures (
  event_id          INTEGER PRIMARY KEY REFERENCES events (id) ON DELETE CASCADE,
  prompt_tokens     INTEGER NOT NULL,
  cached_tokens     INTEGER NOT NULL,
  completion_tokens INTEGER NOT NULL,
  ttft_ms           REAL NOT NULL,
  prompt_ms         REAL NOT NULL,
  generation_ms     REAL NOT NULL
) STRICT;

-- Answers from before there were entries for them. Copies in a conversation that was branched off are older than it.
INSERT INTO events (at, kind, subject, outcome, result, detail, model_file_id, message_id, conversation_id)
SELECT m.completed_at, 'answer', trim(g.model_name || ' ' || g.quantization), coalesce(g.stop_reason, m.status),
  CASE m.status WHEN 'failed' THEN 'failed' WHEN 'complete' THEN 'fine' ELSE 'stopped' END,
  '{}', g.model_file_id, m.id, m.conversation_id
FROM generations g
JOIN messages m ON m.id = g.message_id
JOIN conversations c ON c.id = m.conversation_id
WHERE m.status IN ('complete', 'stopped', 'failed') AND m.completed_at >= c.created_at
  AND m.completed_at >= (unixepoch() - 90 * 86400) * 1000;
INSERT INTO answer_figures (event_id, prompt_tokens, cached_tokens, completion_tokens, ttft_ms, prompt_ms, generation_ms)
SELECT e.id, g.prompt_tokens, g.cached_tokens, g.completion_tokens, coalesce(g.ttft_ms, 0), coalesce(g.prompt_ms, 0),
  coalesce(g.generation_ms, 0)
FROM events e JOIN generations g ON g.message_id = e.message_id
WHERE e.kind = 'answer';

-- Everything up to an entry was cleared; it goes for good when nobody has taken that back for a while.
CREATE TABLE events_cleared (
  up_to INTEGER PRIMARY KEY,
  at    INTEGER NOT NULL
) STRICT;
