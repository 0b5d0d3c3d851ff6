import { describe, expect, test } from 'vitest';
import type { Download } from '../../../electron/contract/library/hub.ts';
import type { Connection } from '../../../renderer/connection/connection.ts';
import { describeNextStep, formatDownloadProgress, isRunning } from '../../../renderer/library/download-wording.ts';
import { createHubStore } from '../../../renderer/library/hub-store.ts';
import { formatLicence } from '../../../renderer/library/model-wording.ts';
import { buildDownload } from '../../support/fixtures/download.ts';

describe('describing a download', () => {
	const figures = (changes: Partial<Download>): string => formatDownloadProgress(buildDownload(changes));
	const half = { receivedBytes: 62_000_000, totalBytes: 98_400_000 };

	test('says how far, how fast and how long', () => {
		expect(figures({ ...half, bytesPerSecond: 8.4e6, secondsLeft: 4.4 })).toBe('62.0 of 98.4 MB · 8.4 MB/s · 5 s left');
		expect(figures({ totalBytes: 0 })).toBe('Requesting the size');
		expect(figures({ receivedBytes: 0 })).toBe('Connecting');
		expect(figures({ ...half, state: 'paused' })).toBe('Paused · 62.0 of 98.4 MB');
		expect(figures({ ...half, state: 'queued' })).toBe('Queued · 62.0 of 98.4 MB');
		expect(figures({ ...half, state: 'verifying' })).toBe('98.4 MB received · 63\u00A0% checked');
	});

	test('says which step follows, and how much disk space is left', () => {
		expect(describeNextStep(buildDownload({ ...half, freeBytes: 1e9 }))).toBe(
			'Next: verify the SHA-256, read the header. 964 MB of disk space will remain.',
		);
		expect(describeNextStep(buildDownload({ ...half, freeBytes: null, files: 3, state: 'verifying' }))).toBe(
			'3 files. Next: read the header.',
		);
	});

	test('counts as running only if it continues without the user', () => {
		const running = (
			['queued', 'running', 'verifying', 'waiting', 'paused', 'failed', 'done', 'cancelled'] as const
		).filter((state) => isRunning(buildDownload({ state })));
		expect(running).toEqual(['queued', 'running', 'verifying']);
	});
});

test('licences have their common names', () => {
	expect(['apache-2.0', 'MIT', 'gemma', 'something-new'].map(formatLicence)).toEqual([
		...['Apache 2.0', 'MIT', 'Gemma terms', 'something-new'],
	]);
});

describe('searching the hub', () => {
	type Search = (input: { text: string; limit: number }, options: { signal: AbortSignal }) => Promise<object>;
	function store(search: Search, repository: () => Promise<object> = async () => ({})) {
		const client = { hub: { search, repository }, settings: { set: async () => ({}) } };
		return createHubStore({ client } as unknown as Connection);
	}

	test('the latest search wins, however late an older one is answered', async () => {
		const answers = new Map<string, (models: string[]) => void>();
		const hub = store(({ text }) => {
			const { promise, resolve } = Promise.withResolvers<object>();
			answers.set(text, (models) => resolve({ models, more: false }));
			return promise;
		});
		hub.state.setState({ text: 'old' });
		const first = hub.search();
		hub.state.setState({ text: ' new ' });
		const second = hub.search();
		answers.get('new')?.(['new model']);
		answers.get('old')?.(['old model']);
		await Promise.all([first, second]);
		expect(hub.state.getState()).toMatchObject({ searched: 'new', status: 'found', results: ['new model'] });
	});

	test('returning to the short list cancels the running search', async () => {
		let signal: AbortSignal | undefined;
		const hub = store((_input, options) => {
			signal = options.signal;
			return new Promise((_resolve, reject) =>
				options.signal.addEventListener('abort', () => reject(new Error('aborted'))),
			);
		});
		hub.state.setState({ text: 'x' });
		const search = hub.search();
		hub.clear();
		await search;
		expect(signal?.aborted).toBe(true);
		expect(hub.state.getState()).toMatchObject({ searched: null, status: 'idle', text: '', failure: null });
	});

	test('loading more asks for thirty more, at most a hundred', async () => {
		const limits: number[] = [];
		const hub = store(async ({ limit }) => {
			limits.push(limit);
			return { models: [], more: true };
		});
		await hub.search();
		for (let time = 0; time < 4; time += 1) await hub.more();
		expect(limits).toEqual([30, 60, 90, 100, 100]);
	});

	test('a repository that failed is fetched again when reopened; a known one is not', async () => {
		let asked = 0;
		const hub = store(
			async () => ({ models: [], more: false }),
			async () => {
				asked += 1;
				if (asked === 1) throw new Error('down');
				return { repository: 'a/b' };
			},
		);
		await hub.toggle('a/b');
		expect(hub.state.getState().repositories['a/b']?.status).toBe('failed');
		await hub.toggle('a/b');
		expect(hub.state.getState().open).toBeNull();
		await hub.toggle('a/b');
		await hub.toggle('a/b');
		await hub.toggle('a/b');
		expect([asked, hub.state.getState().repositories['a/b']?.status]).toEqual([2, 'ready']);
	});
});
