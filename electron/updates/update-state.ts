import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

/** What is remembered between starts. */
const stateSchema = z.object({
	/** When the source last said that this version is the newest. */
	checkedAt: z.int().nullable().catch(null),
	/** When it was last asked, successfully or not. */
	askedAt: z.int().catch(0),
	/** Highest version offered so far: an older manifest, though signed, would hide it. */
	newest: z.string().nullable().catch(null),
	/** The version for which the user chose "Later". */
	postponed: z.string().nullable().catch(null),
});

type Stored = z.infer<typeof stateSchema>;

/** Its name in the folder of updates. */
export const stateFile = 'updates.json';

export interface UpdateState {
	current(): Readonly<Stored>;
	/** Resolves once the write ended, even if it failed: a full disk must not hide that there is a newer version. */
	remember(part: Partial<Stored>): Promise<void>;
	/** Resolves when nothing is being written. */
	settled(): Promise<void>;
}

/** Reads what was remembered; a damaged file counts as none. A write that fails is logged. */
export async function openUpdateState(folder: string, log: (line: string) => void): Promise<UpdateState> {
	const path = join(folder, stateFile);
	let state = await readState(path);
	let writing = Promise.resolve();
	async function write(): Promise<void> {
		await mkdir(folder, { recursive: true, mode: 0o700 });
		await writeFile(`${path}.new`, JSON.stringify(state), { mode: 0o600 });
		await rename(`${path}.new`, path);
	}
	return {
		current: () => state,
		remember(part) {
			state = { ...state, ...part };
			// One write at a time.
			writing = writing.then(write).catch((error: unknown) => log(`updates: not remembered: ${String(error)}`));
			return writing;
		},
		settled: () => writing,
	};
}

async function readState(path: string): Promise<Stored> {
	const text = await readFile(path, 'utf8').catch(() => '{}');
	try {
		return stateSchema.parse(JSON.parse(text));
	} catch {
		return stateSchema.parse({});
	}
}
