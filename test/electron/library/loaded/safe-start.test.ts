import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Failure } from '../../../../models/contract/failure.ts';
import { failureOf } from '../../../support/failure.ts';
import { createTestLibrary, loadFailure, scriptedRuntime, type TestLibrary } from '../../../support/library.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { writeTinyGguf } from '../../../support/tiny-gguf.ts';

const crash = new Failure({
	code: 'worker-crashed-loading',
	message: 'The model process ended while it loaded: llama.cpp gave up (SIGABRT).',
	next: ['Choose another model'],
	detail: 'GGML_ASSERT',
});

async function withModel(one: TestLibrary): Promise<number> {
	return (await one.library.files.add(writeTinyGguf(join(temporaryFolder(), 'a.gguf')))).id;
}

describe('a load that crashed', () => {
	test('is not tried again automatically, in this session or the next, until the user asks; the reason is kept', async () => {
		const first = createTestLibrary();
		const id = await withModel(first);
		first.runtime.hold = async () => {
			throw crash;
		};
		expect(await failureOf(() => first.library.acquire(id, {}))).toBe(crash);
		first.runtime.hold = async () => {};
		expect((await failureOf(() => first.library.acquire(id, {}))).code).toBe('load-crashed-before');

		const second = createTestLibrary({ folder: first.folder, database: first.seam.database });
		const failure = await failureOf(() => second.library.acquire(id, {}));
		expect(failure.facts()).toMatchObject({
			code: 'load-crashed-before',
			message: expect.stringContaining('llama.cpp gave up (SIGABRT)'),
			next: [expect.any(String), expect.any(String), expect.any(String)],
			detail: 'GGML_ASSERT',
		});
		expect(second.library.state(id)).toMatchObject({ state: 'unloaded', failure: { code: 'load-crashed-before' } });
		expect(second.runtime.requests).toEqual([]);

		expect((await second.library.load(id)).state).toBe('loaded');
		await second.library.unload(id);
		await second.library.acquire(id, {});
		expect(second.library.state(id).state).toBe('loaded');
	});

	test('together with Assay is known at the next start, which can load it with safe settings', async () => {
		const first = createTestLibrary();
		const id = await withModel(first);
		first.library.setOptions(id, { contextSize: 2048, batchSize: 1024, keyType: 'Q8_0' });
		const reached = Promise.withResolvers<void>();
		first.runtime.hold = (_, signal) => {
			reached.resolve();
			return new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
		};
		const dead = first.library.acquire(id, {});
		dead.catch(() => {});
		await reached.promise;

		// Another process on the same data folder: the first never recorded how its load ended.
		const second = createTestLibrary({ folder: first.folder, database: first.seam.database });
		const failure = await failureOf(() => second.library.acquire(id, {}));
		expect(failure.message).toContain('Assay ended while it loaded this model');
		expect((await second.library.load(id, { safe: true })).state).toBe('loaded');
		const options = second.runtime.requests[0]?.options;
		expect(options).toMatchObject({ contextSize: 1024, batchSize: 128, checkTensors: true });
		expect(options?.keyType).toBeUndefined();
	});
});

test('a load that was refused with a reason, or cancelled, can be tried again at once', async () => {
	const one = createTestLibrary({ runtime: scriptedRuntime() });
	const id = await withModel(one);
	one.runtime.hold = async () => {
		throw loadFailure;
	};
	expect(await failureOf(() => one.library.acquire(id, {}))).toBe(loadFailure);
	const abort = new AbortController();
	one.runtime.hold = (_, signal) =>
		new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
	const waiting = one.library.acquire(id, {}, { signal: abort.signal });
	setTimeout(() => abort.abort(new Error('enough')), 50);
	await expect(waiting).rejects.toThrow('enough');
	one.runtime.hold = async () => {};
	await one.library.acquire(id, {});
	expect(one.library.state(id).state).toBe('loaded');
});
