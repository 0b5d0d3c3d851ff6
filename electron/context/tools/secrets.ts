import { createHmac, randomBytes } from 'node:crypto';
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

const fileSchema = z.object({
	/** Random key of what was approved on this computer, hex; null: nothing yet. */
	approvalKey: z
		.string()
		.regex(/^[0-9a-f]{64}$/)
		.nullable(),
	servers: z.record(z.string(), secretsSchema),
});

const none: ServerSecrets = { values: {}, signIn: null };

/**
 * Secrets of servers, by the server's key: a file that only the user can read, beside the database, so that no backup,
 * export or diagnostics bundle holds them.
 */
export interface SecretStore {
	read(key: string): ServerSecrets;
	write(key: string, secrets: ServerSecrets): void;
	/**
	 * Returns the mark that a person of this computer approved this text for a server. It can't be made anywhere else: a
	 * database that comes from elsewhere approves nothing.
	 */
	approval(key: string, text: string): string;
	remove(keys: readonly string[]): void;
}

export function openSecrets(dataFolder: string): SecretStore {
	const path = join(dataFolder, 'tools', 'secrets.json');
	function readAll(): z.infer<typeof fileSchema> {
		// A file that was edited and can't be parsed is discarded; the servers ask for approval again.
		const read = fileSchema.safeParse(existsSync(path) ? parsed(readFileSync(path, 'utf8')) : null);
		return read.success ? read.data : { approvalKey: null, servers: {} };
	}
	function writeAll(all: z.infer<typeof fileSchema>): void {
		mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
		writeFileSync(`${path}.new`, JSON.stringify(all, null, '\t'), { mode: 0o600, flush: true });
		// The mode of an older file would stay.
		chmodSync(`${path}.new`, 0o600);
		renameSync(`${path}.new`, path);
	}
	function approvalKey(): Buffer {
		const all = readAll();
		const key = all.approvalKey ?? randomBytes(32).toString('hex');
		if (all.approvalKey === null) writeAll({ ...all, approvalKey: key });
		return Buffer.from(key, 'hex');
	}
	return {
		read(key) {
			const { servers } = readAll();
			return Object.hasOwn(servers, key) ? servers[key]! : none;
		},
		write(key, secrets) {
			const all = readAll();
			writeAll({ ...all, servers: { ...all.servers, [key]: secrets } });
		},
		approval: (key, text) =>
			createHmac('sha256', approvalKey())
				.update(JSON.stringify([key, text]))
				.digest('hex'),
		remove(keys) {
			const all = readAll();
			const kept = Object.entries(all.servers).filter(([key]) => !keys.includes(key));
			if (kept.length < Object.keys(all.servers).length) writeAll({ ...all, servers: Object.fromEntries(kept) });
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
