-- What a collection's documents add up to, counted as they change: adding up 20,000 documents for every call would hold up
-- the main process.
ALTER TABLE collections ADD COLUMN documents INTEGER NOT NULL DEFAULT 0; -- without removed ones
ALTER TABLE collections ADD COLUMN waiting INTEGER NOT NULL DEFAULT 0;
ALTER TABLE collections ADD COLUMN failed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE collections ADD COLUMN chunks INTEGER NOT NULL DEFAULT 0;
ALTER TABLE collections ADD COLUMN vectors INTEGER NOT NULL DEFAULT 0;
ALTER TABLE collections ADD COLUMN characters INTEGER NOT NULL DEFAULT 0;
ALTER TABLE document_sources ADD COLUMN documents INTEGER NOT NULL DEFAULT 0; -- without removed ones
ALTER TABLE document_sources ADD COLUMN removed_at INTEGER; -- taken out by the user at: it is neither listed nor read

UPDATE collections SET (documents, waiting, failed, chunks, vectors, characters) = (
  SELECT count(*), count(*) FILTER (WHERE state IN ('waiting', 'indexing')), count(*) FILTER (WHERE state = 'failed'),
    coalesce(sum(d.chunks), 0), coalesce(sum(d.vectors), 0), coalesce(sum(d.characters), 0)
  FROM documents d WHERE d.collection_id = collections.id AND d.state <> 'removed');
UPDATE document_sources SET documents = (
  SELECT count(*) FROM documents d WHERE d.source_id = document_sources.id AND d.state <> 'removed');

CREATE TRIGGER documents_count_insert AFTER INSERT ON documents WHEN new.state <> 'removed' BEGIN
  UPDATE collections SET documents = documents + 1, waiting = waiting + (new.state IN ('waiting', 'indexing')),
    failed = failed + (new.state = 'failed'), chunks = chunks + new.chunks, vectors = vectors + new.vectors,
    characters = characters + new.characters WHERE id = new.collection_id;
  UPDATE document_sources SET documents = documents + 1 WHERE id = new.source_id;
END;
CREATE TRIGGER documents_count_delete AFTER DELETE ON documents WHEN old.state <> 'removed' BEGIN
  UPDATE collections SET documents = documents - 1, waiting = waiting - (old.state IN ('waiting', 'indexing')),
    failed = failed - (old.state = 'failed'), chunks = chunks - old.chunks, vectors = vectors - old.vectors,
    characters = characters - old.characters WHERE id = old.collection_id;
  UPDATE document_sources SET documents = documents - 1 WHERE id = old.source_id;
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
CREATE TRIGGER documents_count_source AFTER UPDATE OF state ON documents
  WHEN (new.state = 'removed') <> (old.state = 'removed') BEGIN
  UPDATE document_sources SET documents = documents + (new.state <> 'removed') - (old.state <> 'removed')
  WHERE id = new.source_id;
END;

-- A page of documents, also far down the list; the documents of a source in pieces; the next document to read, and the next one whose chunks lack vectors, of one collection.
DROP INDEX documents_collection;
CREATE INDEX documents_collection ON documents (collection_id, title COLLATE NOCASE, id, state);
DROP INDEX documents_source;
CREATE INDEX documents_source ON documents (source_id);
DROP INDEX documents_pending;
CREATE INDEX documents_pending ON documents (collection_id, id) WHERE state IN ('waiting', 'indexing');
CREATE INDEX documents_unembedded ON documents (collection_id, id) WHERE state = 'ready' AND vectors < chunks;
CREATE INDEX documents_failed ON documents (collection_id, title COLLATE NOCASE) WHERE state = 'failed';
