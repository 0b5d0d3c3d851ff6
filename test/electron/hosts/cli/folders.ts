import { join } from 'node:path';
import type { Script } from '../../../../models/worker/engine-script.ts';
import { addEmptyDatabase } from '../../../support/database.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { writeTinyGguf } from '../../../support/tiny-gguf.ts';

/** Paths of a new data folder with an empty database, and of a small model next to it. */
export function makeFolders(): { data: string; model: string; folder: string } {
	const folder = temporaryFolder();
	const data = join(folder, 'data');
	addEmptyDatabase(data);
	const model = join(folder, 'tiny.gguf');
	writeTinyGguf(model);
	return { data, model, folder };
}

export function saying(text: string, tokenDelayMs?: number): Script {
	const step = { type: 'text' as const, text, ...(tokenDelayMs === undefined ? {} : { tokenDelayMs }) };
	return { answers: [{ steps: [step] }] };
}

export const paris = saying('The capital of France is Paris.');

/** About 50 words a second for 100 seconds. */
export const slow = saying('word '.repeat(5_000), 20);
