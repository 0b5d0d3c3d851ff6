-- Second copies of the weights by the engine's own log of the load; NULL: it didn't say, or a GPU held some.
ALTER TABLE model_loads ADD COLUMN copied_bytes INTEGER;
