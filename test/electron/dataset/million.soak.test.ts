import { expect, test } from 'vitest';
import { datasetsForTest, ended, importing } from '../../support/dataset.ts';
import { watchProcess, writeManyRows } from '../../support/many-rows.ts';

const rows = Number(process.env.ROWS ?? 1_000_000);

/** Limit on the growth of the process, bytes. */
const memoryLimit = 600 * 1024 * 1024;

/** Longest time for which the main thread may be blocked, ms. */
const longestWork = 50;

/** Longest time of a screen's call that accepts partial results, ms. */
const longestAnswer = 250;

test.each(['csv', 'jsonl'] as const)(
	`${rows.toLocaleString('en')} rows of %s come in, are listed, changed, checked and written out`,
	async (format) => {
		const path = await writeManyRows(rows, format);
		const fixture = datasetsForTest();
		const { datasets } = fixture;
		const before = process.memoryUsage.rss();
		const took: Record<string, string> = {};
		async function timed<T>(what: string, work: () => Promise<T>): Promise<T> {
			const watch = watchProcess();
			const began = performance.now();
			const result = await work();
			const { peakBytes, longestBlockMs, longestWorkMs } = watch.end();
			const seconds = ((performance.now() - began) / 1000).toFixed(1);
			const memory = Math.round((peakBytes - before) / 1024 / 1024);
			took[what] =
				`${seconds} s, +${memory} MB, main thread blocked ≤ ${Math.round(longestBlockMs)} ms, by own work ≤ ${Math.round(longestWorkMs)} ms`;
			console.log(format, what, took[what]);
			expect(peakBytes - before).toBeLessThan(memoryLimit);
			expect.soft(longestWorkMs, what).toBeLessThan(longestWork);
			return result;
		}
		const { version, dataset } = await timed('import', () => importing(fixture, [path]));
		expect(version.samples).toBe(rows);
		const list = (filter: object, offset: number) => datasets.list(version.id, filter, { offset, limit: 50 });
		expect((await timed('first page', () => list({}, 0))).total).toBe(rows);
		expect((await timed('last page', () => list({}, rows - 50))).rows).toHaveLength(50);
		const found = await timed('text filter', () => list({ text: 'answer 999' }, 0));
		expect(found.total).toBeGreaterThan(0);
		await timed('text filter, again further down', () => list({ text: 'answer 999' }, 50));
		/** Repeats the call, as a screen does, until everything has been scanned. */
		async function grown(ask: () => Promise<{ looked: number }>): Promise<void> {
			for (let looked = 0; looked < 1; ) {
				const began = performance.now();
				({ looked } = await ask());
				expect.soft(performance.now() - began).toBeLessThan(longestAnswer);
			}
		}
		const partly = (filter: object, offset: number) =>
			datasets.list(version.id, filter, { offset, limit: 50, partial: true });
		await timed('search as it is shown', () => grown(() => partly({ text: 'window' }, 0)));
		await timed('pages of all while somebody searches', async () => {
			let going = true;
			const search = grown(() => partly({ text: 'copper' }, 0)).finally(() => {
				going = false;
			});
			while (going) await grown(() => partly({}, Math.floor(rows / 3)));
			await search;
		});
		expect((await timed('facets', () => datasets.facets(version.id))).withTarget).toBe(rows);
		await timed('freeze', () => datasets.manage.freeze(dataset.id, ''));
		const split = await timed('random split in a new draft', () =>
			datasets.edit.change(dataset.id, {
				kind: 'random-split',
				selection: { filter: {} },
				seed: 1,
				stratify: null,
				keepClusters: true,
				parts: [
					{ split: 'train', share: 0.9 },
					{ split: 'test', share: 0.1 },
				],
			}),
		);
		expect(split.splits.map(({ count }) => count)).toEqual([rows * 0.9, rows * 0.1]);
		const differing = (offset: number, partial: boolean) =>
			datasets.diff(version.id, split.version.id, { offset, limit: 50, partial });
		await timed('difference as it is shown', () => grown(() => differing(0, true)));
		const diff = await timed('difference, last page', () => differing(rows * 0.9 - 50, false));
		expect(diff.moved).toBe(rows * 0.9);
		expect(diff.rows).toHaveLength(50);
		await timed('undo', () => datasets.edit.undo(split.undoId ?? ''));
		const even = await timed('split 80/20, stratified', () =>
			datasets.edit.change(dataset.id, {
				kind: 'random-split',
				selection: { filter: {} },
				seed: 2,
				keepClusters: true,
				stratify: { by: 'variable', name: 'topic' },
				parts: [
					{ split: 'train', share: 0.8 },
					{ split: 'test', share: 0.2 },
				],
			}),
		);
		expect(even.splits.map(({ count }) => count)).toEqual([rows * 0.8, rows * 0.2]);
		const job = await timed('check', () =>
			ended(
				fixture,
				datasets.checks.start({
					versionId: version.id,
					nearThreshold: 0.8,
					personal: ['email', 'phone', 'iban', 'card', 'ip'],
					modelFileId: null,
				}),
			),
		);
		expect(job.failure).toBeNull();
		expect(datasets.checks.report(job.id).exact.count).toBe(rows / 1_000);
		const out = await timed('export', () => ended(fixture, datasets.importExport.export(version.id, {}, 'jsonl')));
		expect(out.state).toBe('done');
		console.log(format, rows, took);
	},
);
