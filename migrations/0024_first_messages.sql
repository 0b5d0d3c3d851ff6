-- Finds the first messages of a conversation, of which there may be several, without reading all of its messages.
CREATE INDEX messages_first ON messages (conversation_id) WHERE parent_id IS NULL;
