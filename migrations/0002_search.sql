-- What is searchable: every message whose text is final, and every title. Triggers keep it so, also where a row goes
-- because its conversation does: an external-content index that is told the wrong old text is a broken index.

CREATE TRIGGER messages_index_insert AFTER INSERT ON messages WHEN new.status <> 'streaming' BEGIN
  INSERT INTO messages_fts (rowid, content) VALUES (new.id, new.content);
END;

CREATE TRIGGER messages_index_update AFTER UPDATE OF content, status ON messages BEGIN
  INSERT INTO messages_fts (messages_fts, rowid, content)
    SELECT 'delete', old.id, old.content WHERE old.status <> 'streaming';
  INSERT INTO messages_fts (rowid, content)
    SELECT new.id, new.content WHERE new.status <> 'streaming';
END;

CREATE TRIGGER messages_index_delete AFTER DELETE ON messages WHEN old.status <> 'streaming' BEGIN
  INSERT INTO messages_fts (messages_fts, rowid, content) VALUES ('delete', old.id, old.content);
END;

INSERT INTO messages_fts (messages_fts) VALUES ('delete-all');
INSERT INTO messages_fts (rowid, content) SELECT id, content FROM messages WHERE status <> 'streaming';

CREATE VIRTUAL TABLE conversations_fts USING fts5 (
  title,
  content = 'conversations',
  content_rowid = 'id',
  tokenize = "unicode61 remove_diacritics 2"
);

CREATE TRIGGER conversations_index_insert AFTER INSERT ON conversations BEGIN
  INSERT INTO conversations_fts (rowid, title) VALUES (new.id, new.title);
END;

CREATE TRIGGER conversations_index_update AFTER UPDATE OF title ON conversations BEGIN
  INSERT INTO conversations_fts (conversations_fts, rowid, title) VALUES ('delete', old.id, old.title);
  INSERT INTO conversations_fts (rowid, title) VALUES (new.id, new.title);
END;

CREATE TRIGGER conversations_index_delete AFTER DELETE ON conversations BEGIN
  INSERT INTO conversations_fts (conversations_fts, rowid, title) VALUES ('delete', old.id, old.title);
END;

INSERT INTO conversations_fts (rowid, title) SELECT id, title FROM conversations;

-- An import looks here for the conversation that it may already have brought in.
CREATE INDEX conversations_created ON conversations (created_at);
