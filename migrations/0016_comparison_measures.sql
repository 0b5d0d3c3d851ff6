-- How a comparison measures: in two passes where both files don't fit into memory, and the speed through the chat too.
ALTER TABLE comparisons ADD COLUMN store TEXT NOT NULL DEFAULT 'auto' CHECK (store IN ('auto', 'always', 'never'));
ALTER TABLE comparisons ADD COLUMN felt TEXT NOT NULL DEFAULT '[]';  -- JSON array of {percentile, tokens}; [] = not measured
