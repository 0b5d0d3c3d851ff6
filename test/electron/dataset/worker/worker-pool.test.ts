import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createWorkerPool } from '../../../../electron/dataset/worker/worker-pool.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

/** Creates workers that run this code for any task. */
function threadsThat(work: string, limits?: Parameters<typeof createWorkerPool>[1]) {
	const path = join(temporaryFolder(), 'thread.mjs');
	writeFileSync(
		path,
		`import { parentPort } from 'node:worker_threads';\nparentPort.on('message', () => { ${work} });`,
	);
	const threads = createWorkerPool(pathToFileURL(path), limits);
	const cancelling = new AbortController();
	const again = () =>
		threads.run<'export'>(
			{ kind: 'export', databasePath: '', now: 0, versionId: 1, filter: {}, format: 'csv', folder: '' },
			{ signal: cancelling.signal, progress: () => {}, answering: () => false, count: () => Promise.resolve(null) },
		);
	return { threads, cancelling, again, run: again() };
}

test('a worker that ignores its cancellation is terminated', async () => {
	const { cancelling, run, threads } = threadsThat('for (;;);', { keptMb: 1_024, patienceMs: 200 });
	cancelling.abort();
	await expect(run).rejects.toThrow('ended with code 1');
	await threads.close();
});

test('a worker that exhausts its memory ends alone, with its cause', async () => {
	const { run, threads } = threadsThat('const all = []; for (;;) all.push({ n: all.length });', {
		keptMb: 40,
		patienceMs: 200,
	});
	await expect(run).rejects.toMatchObject({
		code: 'dataset-needs-memory',
		message: expect.stringContaining('more than 40 MB'),
	});
	await threads.close();
});

test('a task that comes just as an idle worker ends gets another one', async () => {
	vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
	onTestFinished(() => void vi.useRealTimers());
	const { run, again, threads } = threadsThat(`parentPort.postMessage({ type: 'done', result: 'exported' });`);
	expect(await run).toBe('exported');
	vi.advanceTimersByTime(15_000);
	expect(await again()).toBe('exported');
	await threads.close();
});
