-- The prompt that is applied to each message, as JSON; '': none. Without it, a prompt that was measured could not be used.
ALTER TABLE presets ADD COLUMN message_prompt TEXT NOT NULL DEFAULT '';
ALTER TABLE conversations ADD COLUMN message_prompt TEXT NOT NULL DEFAULT '';
ALTER TABLE generations ADD COLUMN message_prompt TEXT NOT NULL DEFAULT '';
