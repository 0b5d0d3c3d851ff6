-- What a comparison is computed on, where its plan says so.
ALTER TABLE comparisons ADD COLUMN gpu TEXT NOT NULL DEFAULT '{}';  -- JSON {gpu, gpuLayers}; {} = as each model is set
