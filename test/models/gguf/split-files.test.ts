import { renameSync, rmSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { sha256OfFiles } from '../../../models/file-hash.ts';
import { readGguf, readGgufFacts } from '../../../models/gguf/read-gguf.ts';
import { partNameOf, partPaths, wholeName } from '../../../models/gguf/split-files.ts';
import { failureOf } from '../../support/failure.ts';
import { splitGguf } from '../../support/split-gguf.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { writeTinyGguf } from '../../support/tiny-gguf.ts';
import { tinyRuntime } from '../../support/tiny-runtime.ts';
import { answerOf, ask } from '../../support/worker-runtime.ts';

async function split(count = 3): Promise<{ whole: string; parts: readonly string[] }> {
	const folder = temporaryFolder();
	const whole = writeTinyGguf(join(folder, 'whole', 'tiny.gguf'));
	return { whole, parts: await splitGguf(whole, join(folder, 'parts'), count) };
}

describe('part names', () => {
	test('a name says which part of how many a file is', () => {
		expect(partNameOf('/m/a-b-00002-of-00010.gguf')).toEqual({ stem: 'a-b', number: 2, count: 10 });
		expect([partNameOf('/m/a.gguf'), wholeName('/m/a-00001-of-00002.gguf'), wholeName('/m/a.gguf')]).toEqual([
			null,
			'a.gguf',
			'a.gguf',
		]);
		expect(partPaths('/m/a-00002-of-00002.gguf', { stem: 'a', number: 2, count: 2 })).toEqual([
			join('/m', 'a-00001-of-00002.gguf'),
			join('/m', 'a-00002-of-00002.gguf'),
		]);
	});
});

describe('split model', () => {
	test('any part leads to the one model', async () => {
		const { whole, parts } = await split();
		const facts = await readGgufFacts(whole);
		for (const part of parts) {
			const found = await readGgufFacts(part);
			expect(found.paths).toEqual(parts);
			expect({ ...found, paths: [], parts: 1, sizeBytes: 0 }).toEqual({ ...facts, paths: [], parts: 1, sizeBytes: 0 });
		}
	});

	test('missing parts are named', async () => {
		const { parts } = await split();
		rmSync(parts[1] ?? '');
		const failure = await failureOf(() => readGgufFacts(parts[0] ?? ''));
		expect([failure.code, failure.message]).toEqual([
			'model-part-missing',
			'This model is missing 1 of its 3 parts: tiny-00002-of-00003.gguf.',
		]);
	});

	test('a truncated part is named, with the bytes that are there', async () => {
		const { parts } = await split();
		truncateSync(parts[2] ?? '', 50_000);
		const { problem } = await readGguf(parts[0] ?? '');
		expect([problem?.code, problem?.detail]).toEqual(['model-file-truncated', parts[2]]);
		expect(problem?.message).toMatch(/^This model file is incomplete: it has 50 of \d+ kB/);
	});

	test('renamed or swapped parts are reported', async () => {
		const { parts } = await split(2);
		const [first = '', second = ''] = parts;
		const alone = join(temporaryFolder(), 'renamed.gguf');
		renameSync(first, alone);
		expect((await failureOf(() => readGgufFacts(alone))).message).toContain('its name does not say which');
		renameSync(second, first);
		renameSync(alone, second);
		expect((await failureOf(() => readGgufFacts(first))).message).toBe(
			'The file tiny-00001-of-00002.gguf is not part 1 of 2, although its name says so.',
		);
	});

	test('the real worker loads it from its first part, and answers like the whole file', async () => {
		const { whole, parts } = await split();
		const runtime = tinyRuntime();
		try {
			const say = async (path: string): Promise<string> => {
				const engine = await runtime.loadFile(path, { contextSize: 256 });
				return (await answerOf(engine, ask('the of', { temperature: 0, maxTokens: 8 }))).text;
			};
			expect(await say(parts[0] ?? '')).toBe(await say(whole));
		} finally {
			await runtime.close();
		}
	});

	test('the hash covers all parts in order', async () => {
		const { parts } = await split(2);
		const one = await sha256OfFiles(parts);
		expect(one).toMatch(/^[0-9a-f]{64}$/);
		expect(await sha256OfFiles(parts.toReversed())).not.toBe(one);
	});
});
