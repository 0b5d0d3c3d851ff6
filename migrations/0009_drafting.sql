-- Tokens of an answer that were guessed before they were drawn, and how many of them came true. NULL: nothing was guessed.
ALTER TABLE generations ADD COLUMN drafted_tokens INTEGER;
ALTER TABLE generations ADD COLUMN accepted_tokens INTEGER;
