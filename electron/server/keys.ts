import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { Failure } from '../../models/contract/failure.ts';
import { said } from '../../models/contract/said.ts';
import type { KeyLimits } from '../contract/server/request-log.ts';
import { type ServerKey, type ServerScope, serverScopeSchema } from '../contract/server/schema.ts';
import { commitWithoutWaiting } from '../database/connect.ts';
import type { ReadableDatabase, WritableDatabase } from '../database/database.ts';
import { all, get, run } from '../database/sql.ts';

interface KeyRow {
	id: number;
	name: string;
	beginning: string;
	scopes: string;
	created_at: number;
	last_used_at: number | null;
	revoked_at: number | null;
	per_minute: number | null;
	at_once: number | null;
}

const columns = 'id, name, beginning, scopes, created_at, last_used_at, revoked_at, per_minute, at_once';

/** Tools that look for leaked secrets find a key by this beginning. */
const prefix = 'sk-assay-';

/** Characters of a key that are kept, the prefix included. */
const shownLength = prefix.length + 4;

/** Resolution of the last use, ms: a client that asks without pause costs one write a minute. */
const useResolutionMs = 60_000;

/** Returns every key, newest first, revoked ones too. */
export function listKeys(database: ReadableDatabase): ServerKey[] {
	return all<KeyRow>(database, `SELECT ${columns} FROM server_keys ORDER BY id DESC`).map(keyOf);
}

/** Creates a key. `secret` is the key itself, which is not stored. */
export function addKey(
	database: WritableDatabase,
	{ name, scopes }: { readonly name: string; readonly scopes: readonly ServerScope[] },
	now: number,
): { readonly key: ServerKey; readonly secret: string } {
	const secret = `${prefix}${randomBytes(32).toString('base64url')}`;
	const { id } = run(
		database,
		`INSERT INTO server_keys (name, hash, beginning, scopes, created_at)
		 VALUES (:name, :hash, :beginning, :scopes, :now)`,
		{ name, hash: hashOf(secret), beginning: secret.slice(0, shownLength), scopes: JSON.stringify(scopes), now },
	);
	return { key: getKey(database, id), secret };
}

/** Throws Failure `server-key-unknown`. */
export function revokeKey(database: WritableDatabase, id: number, now: number): ServerKey {
	run(database, 'UPDATE server_keys SET revoked_at = coalesce(revoked_at, :now) WHERE id = :id', { id, now });
	return getKey(database, id);
}

/** Takes a revocation back. Throws Failure `server-key-unknown`. */
export function restoreKey(database: WritableDatabase, id: number): ServerKey {
	run(database, 'UPDATE server_keys SET revoked_at = NULL WHERE id = :id', { id });
	return getKey(database, id);
}

/** Throws Failure `server-key-unknown`. */
export function setKeyLimits(database: WritableDatabase, id: number, { perMinute, atOnce }: KeyLimits): ServerKey {
	run(database, 'UPDATE server_keys SET per_minute = :perMinute, at_once = :atOnce WHERE id = :id', {
		id,
		perMinute,
		atOnce,
	});
	return getKey(database, id);
}

function getKey(database: ReadableDatabase, id: number): ServerKey {
	const row = get<KeyRow>(database, `SELECT ${columns} FROM server_keys WHERE id = :id`, { id });
	if (row === undefined) {
		throw new Failure({
			code: 'server-key-unknown',
			message: said`There is no key with the number ${id}.`,
			next: [said`See the keys: assay server keys list`],
		});
	}
	return keyOf(row);
}

/** Returns the key that a client sent; null if there is none or it was revoked. Records the use. */
export function findKey(database: WritableDatabase, secret: string, now: number): ServerKey | null {
	// Only the hash is compared, so the time it takes tells nothing about a key.
	const row = get<KeyRow>(database, `SELECT ${columns} FROM server_keys WHERE hash = :hash AND revoked_at IS NULL`, {
		hash: hashOf(secret),
	});
	if (row === undefined) return null;
	if (row.last_used_at === null || now - row.last_used_at >= useResolutionMs) {
		const sql = 'UPDATE server_keys SET last_used_at = :now WHERE id = :id';
		try {
			commitWithoutWaiting(database, () => run(database, sql, { id: row.id, now }));
		} catch {
			// The disk may be full. The request can be served without recording this.
		}
	}
	return keyOf(row);
}

function hashOf(secret: string): Buffer {
	return createHash('sha256').update(secret).digest();
}

function keyOf(row: KeyRow): ServerKey {
	return {
		id: row.id,
		name: row.name,
		beginning: row.beginning,
		scopes: z.array(serverScopeSchema).parse(JSON.parse(row.scopes)),
		createdAt: row.created_at,
		lastUsedAt: row.last_used_at,
		revokedAt: row.revoked_at,
		limits: { perMinute: row.per_minute, atOnce: row.at_once },
	};
}
