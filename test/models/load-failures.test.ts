import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Failure } from '../../models/contract/failure.ts';
import { obstacle, readGgufFacts } from '../../models/gguf/read-gguf.ts';
import { loadFailure, weightsInvalid } from '../../models/native/load-failure.ts';
import * as crash from '../../models/runtime/crash-failures.ts';
import { failureOf } from '../support/failure.ts';
import { splitGguf } from '../support/split-gguf.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { tinyGguf, writeTinyGguf } from '../support/tiny-gguf.ts';

/** Expects a cause in the message, and three next steps. */
function expectThreeWays(failure: Failure): void {
	expect([failure.code, new Set(failure.next).size]).toEqual([failure.code, failure.next.length]);
	expect([failure.code, failure.next.length]).toEqual([failure.code, 3]);
}

const version = (bytes: Buffer): Buffer => {
	bytes.writeUInt32LE(1, 4);
	return bytes;
};

test.each([
	['model-file-empty', Buffer.alloc(0)],
	['not-gguf', Buffer.from('<!doctype html><title>404</title>')],
	['gguf-version-unsupported', version(Buffer.from(tinyGguf()))],
	['model-file-truncated', tinyGguf().subarray(0, 200_000)],
	['model-file-truncated', tinyGguf().subarray(0, 300)],
	['gguf-header-damaged', tinyGguf({ layers: 0 })],
])('%s gives three next steps', async (code, bytes) => {
	const path = join(temporaryFolder(), 'model.gguf');
	writeFileSync(path, bytes);
	const failure = await failureOf(() => readGgufFacts(path));
	expect(failure.code).toBe(code);
	expectThreeWays(failure);
});

test('a missing file, a folder and a missing part give three next steps', async () => {
	const folder = temporaryFolder();
	mkdirSync(join(folder, 'folder.gguf'));
	for (const name of ['gone.gguf', 'folder.gguf']) {
		expectThreeWays(await failureOf(() => readGgufFacts(join(folder, name))));
	}
	const [first = '', second = '', third = ''] = await splitGguf(writeTinyGguf(join(folder, 'whole.gguf')), folder, 3);
	rmSync(second);
	const lacking = await failureOf(() => readGgufFacts(first));
	expect(lacking.code).toBe('model-part-missing');
	expectThreeWays(lacking);
	renameSync(third, second);
	writeFileSync(third, tinyGguf());
	const wrong = await failureOf(() => readGgufFacts(first));
	expect(wrong.code).toBe('model-part-wrong');
	expectThreeWays(wrong);
});

test('files that no engine can load, and crashes of the loading process, give three next steps', () => {
	const exit = (signal: NodeJS.Signals | null) => ({ code: signal === null ? 1 : null, signal, lastWords: [] });
	const failures = [
		obstacle({ kind: 'adapter', architecture: 'llama' }),
		obstacle({ kind: 'model', architecture: 'nobody-knows' }),
		weightsInvalid('/m.gguf'),
		loadFailure('/m.gguf', new Error('it would not'), []),
		crash.crashFailure(exit('SIGABRT')),
		crash.crashFailure(exit('SIGKILL')),
		crash.crashWhileLoadingFailure(exit('SIGABRT'), '/m.gguf'),
		crash.crashWhileLoadingFailure(exit('SIGKILL'), '/m.gguf'),
		crash.hungFailure('no sign of life'),
		crash.startFailure(new Error('ENOENT')),
		crash.protocolFailure('version 2'),
		crash.restartBudgetFailure(3, crash.hungFailure('no sign of life')),
	];
	for (const failure of failures) expectThreeWays(failure!);
});

test('memory that a limit on addresses refused is told apart: the limit goes first', () => {
	const lines = ['llama_model_load: error loading model: mmap failed: Cannot allocate memory'];
	const free = loadFailure('/m.gguf', new Error('it would not'), lines, null);
	expect([free.code, free.next[0]]).toEqual(['not-enough-memory', 'Close other programs']);
	const limited = loadFailure('/m.gguf', new Error('it would not'), lines, 9_000_000_000);
	expect([limited.code, limited.next[0]]).toEqual([
		'not-enough-memory',
		expect.stringContaining('ulimit -v unlimited'),
	]);
	expectThreeWays(limited);
});
