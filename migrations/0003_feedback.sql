-- What people, and what they did next, say of an answer. Rows are never changed to say something else: a newer one
-- supersedes the older one, a removed signal keeps its row without counting.

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
CREATE INDEX feedback_newest ON feedback (created_at DESC, id DESC) WHERE superseded_at IS NULL AND removed_at IS NULL;

CREATE TABLE feedback_tags (
  feedback_id INTEGER NOT NULL REFERENCES feedback (id) ON DELETE CASCADE,
  tag         TEXT NOT NULL,
  PRIMARY KEY (feedback_id, tag)
) STRICT, WITHOUT ROWID;
