import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** What the owner of a data folder tells later processes. Readable only by this user: the token opens the socket. */
const ownerSchema = z.object({
	pid: z.int(),
	host: z.enum(['window', 'browser', 'cli']),
	assayVersion: z.string(),
	/** Path of the socket, or name of the pipe. */
	address: z.string(),
	token: z.string(),
	startedAt: z.int(),
});

export type Owner = z.infer<typeof ownerSchema>;

const pathIn = (dataFolder: string) => join(dataFolder, 'owner.json');

export function writeOwner(dataFolder: string, owner: Owner): void {
	const path = pathIn(dataFolder);
	// Replaces the file in one step, so that nobody reads half a file.
	writeFileSync(`${path}.new`, JSON.stringify(owner), { mode: 0o600 });
	renameSync(`${path}.new`, path);
}

/** Returns null if there is no file, or if this version can't read it. */
export function readOwner(dataFolder: string): Owner | null {
	try {
		return ownerSchema.parse(JSON.parse(readFileSync(pathIn(dataFolder), 'utf8')));
	} catch {
		return null;
	}
}

export function removeOwner(dataFolder: string): void {
	rmSync(pathIn(dataFolder), { force: true });
}
