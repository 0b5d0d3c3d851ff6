import { expect, test } from 'vitest';
import { datasetsForTest, ended, importing } from '../../support/dataset.ts';
import { watchProcess, writeManyRows } from '../../support/many-rows.ts';

const rows = Number(process.env.ROWS ?? 1_000_000);

/** Beyond what the process has before, bytes. */
const memoryLimit = 700 * 1024 * 1024;

/** The main thread answers nobody for so long, ms. */
const longestWork = 50;

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
		expect((await timed('facets', () => datasets.facets(version.id))).withTarget).toBe(rows);
		await timed('freeze', () => datasets.manage.freeze(dataset.id, ''));
		const split = await timed('random split in a new draft', () =>
			datasets.edit.change(dataset.id, {
				...{ kind: 'random-split', selection: { filter: {} }, seed: 1, stratify: null, keepClusters: true },
				parts: [
					{ split: 'train', share: 0.9 },
					{ split: 'test', share: 0.1 },
				],
			}),
		);
		expect(split.splits.map(({ count }) => count)).toEqual([rows * 0.9, rows * 0.1]);
		const diff = await timed('difference', () => datasets.diff(version.id, split.version.id, { offset: 0, limit: 50 }));
		expect(diff.moved).toBe(rows * 0.9);
		await timed('undo', () => datasets.edit.undo(split.undoId ?? ''));
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
		const out = await timed('export', () => ended(fixture, datasets.transfer.export(version.id, {}, 'jsonl')));
		expect(out.state).toBe('done');
		console.log(format, rows, took);
	},
);
