import { createWriteStream } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** Saves standard input to disk, because it may be of any size. */
export async function saveStandardInput(
	stdin: Readable,
	name = 'standard-input.json',
): Promise<{ folder: string; path: string }> {
	const folder = await mkdtemp(join(tmpdir(), 'assay-import-'));
	const path = join(folder, name);
	await pipeline(stdin, createWriteStream(path, { mode: 0o600 }));
	return { folder, path };
}
