-- Answers that call tools. A round is what a model wrote at once, up to its calls; a step is one call with its result.
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

-- The tools that an answer was offered, as JSON: server, name and definition.
ALTER TABLE generations ADD COLUMN tools TEXT NOT NULL DEFAULT '[]';

-- What a message says: its content, then the calls in it and their results.
CREATE VIEW message_texts AS
SELECT m.id, m.content || coalesce((
    SELECT group_concat(char(10) || s.name || ' ' || s.arguments || coalesce(char(10) || s.result, ''), ''
      ORDER BY s.round, s.position)
    FROM answer_steps s WHERE s.message_id = m.id
  ), '') AS text
FROM messages m;

-- The same as in 0005, of what a message says.
DROP VIEW searchable_messages;
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

-- An index over content that lies elsewhere must be told exactly what it was told before, so the steps of an indexed
-- message never change.
CREATE TRIGGER answer_steps_before_insert BEFORE INSERT ON answer_steps
WHEN (SELECT status FROM messages WHERE id = new.message_id) <> 'streaming' BEGIN
  SELECT RAISE(ABORT, 'steps belong to an answer that is being written');
END;
CREATE TRIGGER answer_steps_before_update BEFORE UPDATE ON answer_steps
WHEN (SELECT status FROM messages WHERE id = old.message_id) <> 'streaming' BEGIN
  SELECT RAISE(ABORT, 'steps belong to an answer that is being written');
END;
CREATE TRIGGER answer_steps_before_delete BEFORE DELETE ON answer_steps
WHEN (SELECT status FROM messages WHERE id = old.message_id) <> 'streaming' BEGIN
  SELECT RAISE(ABORT, 'steps belong to an answer that is being written');
END;
