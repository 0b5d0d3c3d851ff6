import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

/** What is remembered between starts. */
const memorySchema = z.object({
	/** When the source last said that this version is the newest. */
	checkedAt: z.int().nullable().catch(null),
	/** When it was last asked, successfully or not. */
	askedAt: z.int().catch(0),
	/** Highest version offered so far: an older manifest, though signed, would hide it. */
	newest: z.string().nullable().catch(null),
	/** The version for which the user chose "Later". */
	postponed: z.string().nullable().catch(null),
});

type Memory = z.infer<typeof memorySchema>;

/** Its name in the folder of updates. */
export const stateFile = 'updates.json';

export interface UpdateState {
	current(): Readonly<Memory>;
	/** Resolves when it is on the disk, or in vain: a full disk must not hide that there is a newer version. */
	remember(part: Partial<Memory>): Promise<void>;
	/** Resolves when nothing is being written. */
	settled(): Promise<void>;
}

/** Reads what was remembered; a damaged file counts as none. A write that fails is logged. */
export async function openUpdateState(folder: string, log: (line: string) => void): Promise<UpdateState> {
	const path = join(folder, stateFile);
	let memory = await readMemory(path);
	let writing = Promise.resolve();
	async function write(): Promise<void> {
		await mkdir(folder, { recursive: true, mode: 0o700 });
		await writeFile(`${path}.new`, JSON.stringify(memory), { mode: 0o600 });
		await rename(`${path}.new`, path);
	}
	return {
		current: () => memory,
		remember(part) {
			memory = { ...memory, ...part };
			// One write at a time.
			writing = writing.then(write).catch((error: unknown) => log(`updates: not remembered: ${String(error)}`));
			return writing;
		},
		settled: () => writing,
	};
}

async function readMemory(path: string): Promise<Memory> {
	const text = await readFile(path, 'utf8').catch(() => '{}');
	try {
		return memorySchema.parse(JSON.parse(text));
	} catch {
		return memorySchema.parse({});
	}
}
