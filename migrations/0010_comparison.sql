-- What a comparison measures besides: speed behind so many tokens of context, and the answers to prompts side by side.
ALTER TABLE comparisons ADD COLUMN depths TEXT NOT NULL DEFAULT '[0]';   -- JSON array of tokens
ALTER TABLE comparisons ADD COLUMN prompts TEXT NOT NULL DEFAULT '[]';   -- JSON array of texts
