import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Download } from '../../electron/contract/library/hub.ts';
import type { CatalogueModel } from '../../models/download/catalogue.ts';
import { createTestLibrary, type TestLibrary, type TestLibraryOptions } from './library.ts';
import { tinyGguf } from './tiny-gguf.ts';

export const bodies = { a: tinyGguf(), b: tinyGguf({ seed: 2 }), c: tinyGguf({ seed: 3 }) };
export const timing = { answerMs: 15_000, stallMs: 4_000, retryMs: [10], maxRetryAfterMs: 100 };

export const model = (id: keyof typeof bodies, url: string): CatalogueModel => ({
	id,
	name: `Tiny ${id}`,
	description: 'A tiny model.',
	license: 'MIT',
	parameters: 130_000,
	contextLength: 512,
	quantization: 'F32',
	fileName: `${id}.gguf`,
	sizeBytes: bodies[id].length,
	sha256: createHash('sha256').update(bodies[id]).digest('hex'),
	sources: [{ kind: 'address', url, redirectHosts: [] }],
});

/** Creates a library with this catalogue and short waits. */
export function libraryWith(catalogue: readonly CatalogueModel[], options: TestLibraryOptions = {}): TestLibrary {
	const { downloads, ...rest } = options;
	return createTestLibrary({
		downloads: {
			catalogue,
			curated: [],
			timing,
			freeDiskBytes: async () => 1e12,
			backOffMs: [20, 20],
			undoMs: 100,
			...downloads,
		},
		...rest,
	});
}

export const updates = ({ events }: TestLibrary): Download[] =>
	events.flatMap((event) => (event.type === 'download' ? [event.download] : []));

export const found = ({ library }: TestLibrary, id: string) => library.downloads.list().find((one) => one.id === id);
export const start = ({ library }: TestLibrary, catalogueId: string) => library.downloads.start({ catalogueId });
export const records = ({ folder }: TestLibrary): string[] => {
	const place = join(folder, 'models', '.downloads');
	return existsSync(place) ? readdirSync(place) : [];
};

/** Resolves when the download is done, failed, cancelled or paused. */
export async function end(one: TestLibrary, id: string): Promise<Download> {
	for (;;) {
		const download = found(one, id);
		if (download !== undefined && ['done', 'failed', 'cancelled', 'paused'].includes(download.state)) return download;
		await new Promise((resolve) => setTimeout(resolve, 5));
	}
}

export const received = (one: TestLibrary, id: string) =>
	expect.poll(() => found(one, id)?.receivedBytes, { timeout: 10_000 });
