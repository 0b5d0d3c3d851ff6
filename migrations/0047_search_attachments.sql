-- Search also finds the words of files that were sent. An index of their own: a message is indexed before its files are
-- its own, and the index of messages must be told exactly what it was told before.
-- The beginning of a file, because it is indexed while its message is sent: 100,000 characters take 30 ms. Letters
-- of unspaced scripts are taken one by one, so of a text with any it is 10,000, which take 80 ms.
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

CREATE VIRTUAL TABLE attachments_fts USING fts5 (
  text,
  content = 'searchable_attachments',
  content_rowid = 'id',
  columnsize = 0,
  prefix = '3 4',
  tokenize = "unicode61 remove_diacritics 2"
);
INSERT INTO attachments_fts (attachments_fts, rank) VALUES ('pgsz', 1000);
INSERT INTO attachments_fts (attachments_fts) VALUES ('rebuild');

CREATE TRIGGER attachments_index_insert AFTER INSERT ON attachments WHEN new.message_id IS NOT NULL BEGIN
  INSERT INTO attachments_fts (rowid, text) SELECT id, text FROM searchable_attachments WHERE id = new.id;
END;
CREATE TRIGGER attachments_index_before_update BEFORE UPDATE OF message_id, name, text ON attachments
WHEN old.message_id IS NOT NULL BEGIN
  INSERT INTO attachments_fts (attachments_fts, rowid, text)
    SELECT 'delete', id, text FROM searchable_attachments WHERE id = old.id;
END;
CREATE TRIGGER attachments_index_update AFTER UPDATE OF message_id, name, text ON attachments
WHEN new.message_id IS NOT NULL BEGIN
  INSERT INTO attachments_fts (rowid, text) SELECT id, text FROM searchable_attachments WHERE id = new.id;
END;
CREATE TRIGGER attachments_index_delete BEFORE DELETE ON attachments WHEN old.message_id IS NOT NULL BEGIN
  INSERT INTO attachments_fts (attachments_fts, rowid, text)
    SELECT 'delete', id, text FROM searchable_attachments WHERE id = old.id;
END;
