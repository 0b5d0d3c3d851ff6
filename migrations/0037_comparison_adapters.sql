-- Files of a comparison with LoRA adapters, and files that are another model than the reference: what these change is no loss.
ALTER TABLE comparison_candidates ADD COLUMN adapters TEXT NOT NULL DEFAULT '[]';  -- JSON: id, name, sha256, scale, path, sizeBytes
ALTER TABLE comparison_candidates ADD COLUMN changed INTEGER NOT NULL DEFAULT 0 CHECK (changed IN (0, 1));
