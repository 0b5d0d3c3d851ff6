import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';

const secretsSchema = z.object({
	/** Values of environment variables or headers. */
	values: z.record(z.string(), z.string()).default({}),
	/** What a sign-in gave: client registration, tokens, address of the redirect. */
	signIn: z.record(z.string(), z.unknown()).nullable().default(null),
});

export type ServerSecrets = z.infer<typeof secretsSchema>;

const fileSchema = z.record(z.string(), secretsSchema);

const none: ServerSecrets = { values: {}, signIn: null };

/**
 * Secrets of servers, by the server's key: a file that only the user can read, beside the database, so that no backup,
 * export or diagnostics bundle holds them.
 */
export interface SecretStore {
	read(key: string): ServerSecrets;
	write(key: string, secrets: ServerSecrets): void;
	/** Removes those of all other servers. */
	keepOnly(keys: ReadonlySet<string>): void;
}

export function openSecrets(dataFolder: string): SecretStore {
	const path = join(dataFolder, 'tools', 'secrets.json');
	function readAll(): Record<string, ServerSecrets> {
		if (!existsSync(path)) return {};
		// What someone edited so that it can't be read is no secret any more; the servers ask for approval again.
		const read = fileSchema.safeParse(parsed(readFileSync(path, 'utf8')));
		return read.success ? read.data : {};
	}
	function writeAll(all: Record<string, ServerSecrets>): void {
		mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
		writeFileSync(`${path}.new`, JSON.stringify(all, null, '\t'), { mode: 0o600, flush: true });
		// The mode of an older file would stay.
		chmodSync(`${path}.new`, 0o600);
		renameSync(`${path}.new`, path);
	}
	return {
		read: (key) => readAll()[key] ?? none,
		write(key, secrets) {
			writeAll({ ...readAll(), [key]: secrets });
		},
		keepOnly(keys) {
			const all = readAll();
			const kept = Object.fromEntries(Object.entries(all).filter(([key]) => keys.has(key)));
			if (Object.keys(kept).length < Object.keys(all).length) writeAll(kept);
		},
	};
}

function parsed(text: string): unknown {
	try {
		return JSON.parse(text) as unknown;
	} catch {
		return null;
	}
}
