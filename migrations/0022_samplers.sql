-- More samplers. NULL: not chosen (presets, conversations), the default (generations).
ALTER TABLE presets ADD COLUMN top_n_sigma REAL;
ALTER TABLE presets ADD COLUMN typical_p REAL;
ALTER TABLE presets ADD COLUMN xtc_probability REAL;
ALTER TABLE presets ADD COLUMN xtc_threshold REAL;
ALTER TABLE presets ADD COLUMN dry_multiplier REAL;
ALTER TABLE presets ADD COLUMN dry_base REAL;
ALTER TABLE presets ADD COLUMN dry_allowed_length INTEGER;
ALTER TABLE presets ADD COLUMN dry_penalty_last_n INTEGER;
ALTER TABLE presets ADD COLUMN presence_penalty REAL;
ALTER TABLE presets ADD COLUMN frequency_penalty REAL;

ALTER TABLE conversations ADD COLUMN top_n_sigma REAL;
ALTER TABLE conversations ADD COLUMN typical_p REAL;
ALTER TABLE conversations ADD COLUMN xtc_probability REAL;
ALTER TABLE conversations ADD COLUMN xtc_threshold REAL;
ALTER TABLE conversations ADD COLUMN dry_multiplier REAL;
ALTER TABLE conversations ADD COLUMN dry_base REAL;
ALTER TABLE conversations ADD COLUMN dry_allowed_length INTEGER;
ALTER TABLE conversations ADD COLUMN dry_penalty_last_n INTEGER;
ALTER TABLE conversations ADD COLUMN presence_penalty REAL;
ALTER TABLE conversations ADD COLUMN frequency_penalty REAL;

ALTER TABLE generations ADD COLUMN top_n_sigma REAL;
ALTER TABLE generations ADD COLUMN typical_p REAL;
ALTER TABLE generations ADD COLUMN xtc_probability REAL;
ALTER TABLE generations ADD COLUMN xtc_threshold REAL;
ALTER TABLE generations ADD COLUMN dry_multiplier REAL;
ALTER TABLE generations ADD COLUMN dry_base REAL;
ALTER TABLE generations ADD COLUMN dry_allowed_length INTEGER;
ALTER TABLE generations ADD COLUMN dry_penalty_last_n INTEGER;
ALTER TABLE generations ADD COLUMN presence_penalty REAL;
ALTER TABLE generations ADD COLUMN frequency_penalty REAL;
