-- Keys of the server's clients. Only a hash of each key is kept.
CREATE TABLE server_keys (
	id INTEGER PRIMARY KEY,
	name TEXT NOT NULL,
	-- SHA-256 of the key; a key has 256 random bits, so a slow hash would add nothing.
	hash BLOB NOT NULL UNIQUE,
	-- Its first characters, by which a person recognises it.
	beginning TEXT NOT NULL,
	-- JSON array.
	scopes TEXT NOT NULL,
	created_at INTEGER NOT NULL,
	last_used_at INTEGER,
	revoked_at INTEGER
) STRICT;
