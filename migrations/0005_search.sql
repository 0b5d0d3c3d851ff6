-- Search by words in every script, and by conversation, writer, month and model within the index itself.

DROP TRIGGER messages_index_insert;
DROP TRIGGER messages_index_update;
DROP TRIGGER messages_index_delete;
DROP TABLE messages_fts;
DROP TRIGGER conversations_index_insert;
DROP TRIGGER conversations_index_update;
DROP TRIGGER conversations_index_delete;
DROP TABLE conversations_fts;

-- A text that holds letters of a script without spaces between words (Chinese, Japanese, and Korean, whose words take
-- endings). electron/database/text/unspaced.ts says the same.
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

-- What the index holds of each finished message. In scripts without spaces every letter is a word, and so is every
-- pair of neighbours: 日本語 becomes 日 日本 本 本語 語. So what stands anywhere in a sentence is found, and quickly.
-- Pieces of 128 letters, because taking the n-th letter of a text costs n steps.
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

-- Newest first needs no ranks, so no sizes are kept. Beginnings of three and four letters have an index of their own:
-- without one, all words that begin so are read before the first match is known, half a second for `thou` in a million
-- messages. Of five letters and more few words do; of two, only titles are searched.
CREATE VIRTUAL TABLE messages_fts USING fts5 (
  text, model, place,
  content = 'searchable_messages',
  content_rowid = 'id',
  columnsize = 0,
  prefix = '3 4',
  tokenize = "unicode61 remove_diacritics 2"
);
CREATE VIRTUAL TABLE conversations_fts USING fts5 (
  text, place,
  content = 'searchable_conversations',
  content_rowid = 'id',
  columnsize = 0,
  prefix = '2 3 4',
  tokenize = "unicode61 remove_diacritics 2"
);
-- Deleted words stay in an index until it is merged, which emptying the trash does (electron/database/forget.ts). FTS5's
-- own secure-delete takes 4 to 11 ms a message of 60 words, at every change of one, for what a merge does for all.
-- The index is merged a number of its pages at a time while messages are written: pages of a quarter of the usual size
-- keep that from holding up everything else for 25 ms.
INSERT INTO messages_fts (messages_fts, rank) VALUES ('pgsz', 1000);
INSERT INTO messages_fts (messages_fts) VALUES ('rebuild');
INSERT INTO conversations_fts (conversations_fts) VALUES ('rebuild');

-- An index over content that lies elsewhere must be told exactly what it was told before, so the old text is taken out
-- while the views still show it: before each change, in a trigger of its own.
CREATE TRIGGER messages_index_insert AFTER INSERT ON messages WHEN new.status <> 'streaming' BEGIN
  INSERT INTO messages_fts (rowid, text, model, place)
    SELECT id, text, model, place FROM searchable_messages WHERE id = new.id;
END;
CREATE TRIGGER messages_index_before_update
BEFORE UPDATE OF content, status, role, conversation_id, created_at, model_name ON messages
WHEN old.status <> 'streaming' BEGIN
  INSERT INTO messages_fts (messages_fts, rowid, text, model, place)
    SELECT 'delete', id, text, model, place FROM searchable_messages WHERE id = old.id;
END;
CREATE TRIGGER messages_index_update
AFTER UPDATE OF content, status, role, conversation_id, created_at, model_name ON messages
WHEN new.status <> 'streaming' BEGIN
  INSERT INTO messages_fts (rowid, text, model, place)
    SELECT id, text, model, place FROM searchable_messages WHERE id = new.id;
END;
CREATE TRIGGER messages_index_delete BEFORE DELETE ON messages WHEN old.status <> 'streaming' BEGIN
  INSERT INTO messages_fts (messages_fts, rowid, text, model, place)
    SELECT 'delete', id, text, model, place FROM searchable_messages WHERE id = old.id;
END;

-- Nothing happens here while an answer is written: its generation comes first, and it is indexed when it ends.
CREATE TRIGGER generations_index_before_insert BEFORE INSERT ON generations BEGIN
  INSERT INTO messages_fts (messages_fts, rowid, text, model, place)
    SELECT 'delete', id, text, model, place FROM searchable_messages WHERE id = new.message_id;
END;
CREATE TRIGGER generations_index_insert AFTER INSERT ON generations BEGIN
  INSERT INTO messages_fts (rowid, text, model, place)
    SELECT id, text, model, place FROM searchable_messages WHERE id = new.message_id;
END;
CREATE TRIGGER generations_index_before_update BEFORE UPDATE OF model_name, quantization ON generations BEGIN
  INSERT INTO messages_fts (messages_fts, rowid, text, model, place)
    SELECT 'delete', id, text, model, place FROM searchable_messages WHERE id = old.message_id;
END;
CREATE TRIGGER generations_index_update AFTER UPDATE OF model_name, quantization ON generations BEGIN
  INSERT INTO messages_fts (rowid, text, model, place)
    SELECT id, text, model, place FROM searchable_messages WHERE id = new.message_id;
END;
CREATE TRIGGER generations_index_before_delete BEFORE DELETE ON generations BEGIN
  INSERT INTO messages_fts (messages_fts, rowid, text, model, place)
    SELECT 'delete', id, text, model, place FROM searchable_messages WHERE id = old.message_id;
END;
CREATE TRIGGER generations_index_delete AFTER DELETE ON generations BEGIN
  INSERT INTO messages_fts (rowid, text, model, place)
    SELECT id, text, model, place FROM searchable_messages WHERE id = old.message_id;
END;

CREATE TRIGGER conversations_index_insert AFTER INSERT ON conversations BEGIN
  INSERT INTO conversations_fts (rowid, text, place)
    SELECT id, text, place FROM searchable_conversations WHERE id = new.id;
END;
CREATE TRIGGER conversations_index_before_update BEFORE UPDATE OF title ON conversations BEGIN
  INSERT INTO conversations_fts (conversations_fts, rowid, text, place)
    SELECT 'delete', id, text, place FROM searchable_conversations WHERE id = old.id;
END;
CREATE TRIGGER conversations_index_update AFTER UPDATE OF title ON conversations BEGIN
  INSERT INTO conversations_fts (rowid, text, place)
    SELECT id, text, place FROM searchable_conversations WHERE id = new.id;
END;
CREATE TRIGGER conversations_index_delete BEFORE DELETE ON conversations BEGIN
  INSERT INTO conversations_fts (conversations_fts, rowid, text, place)
    SELECT 'delete', id, text, place FROM searchable_conversations WHERE id = old.id;
END;

-- Models that wrote imported answers, for the choices of a search.
CREATE INDEX messages_model_name ON messages (model_name) WHERE model_name IS NOT NULL;
