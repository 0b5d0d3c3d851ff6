-- Unsaved text of prompts, which a browser tab kept until now: its storage ends with the address of one start.
CREATE TABLE prompt_drafts (
  prompt_id INTEGER PRIMARY KEY REFERENCES prompts (id) ON DELETE CASCADE,
  system TEXT NOT NULL,
  template TEXT NOT NULL,
  example TEXT NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;
