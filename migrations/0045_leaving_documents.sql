-- Documents that left their collection, or can't be read, whose chunks are still in the index: the next process goes on
-- with them if this one ends.
ALTER TABLE documents ADD COLUMN leaving INTEGER NOT NULL DEFAULT 0 CHECK (leaving IN (0, 1));
UPDATE documents SET leaving = 1
  WHERE state IN ('removed', 'failed') AND EXISTS (SELECT 1 FROM chunks WHERE document_id = documents.id);
CREATE INDEX documents_leaving ON documents (collection_id, id) WHERE leaving = 1;
