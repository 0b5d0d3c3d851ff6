import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { createComparisons } from '../../../electron/comparison/comparisons.ts';
import { exportComparison } from '../../../electron/comparison/export.ts';
import { all } from '../../../electron/database/sql.ts';
import { context, ended, plan, scene, until } from './scene.ts';

test('if both files do not fit, the reference is stored between two passes, and every figure says so', async () => {
	scene.fits = false;
	const stores = (): string[] =>
		existsSync(join(scene.folder, 'stores')) ? readdirSync(join(scene.folder, 'stores')) : [];
	const { id } = await scene.comparisons.start(plan({ quantize: ['Q8_0', 'Q4_0'] }));
	await until(id, () => scene.comparisons.get(id).done >= 7);
	await scene.comparisons.pause(id);
	expect(stores().length).toBeGreaterThan(0);
	// Another process opens the same data folder after a kill: a resumable comparison keeps its store; partial and
	// abandoned ones are deleted.
	writeFileSync(join(scene.folder, 'stores', '99-0.store'), 'of one that is gone');
	writeFileSync(join(scene.folder, 'stores', `.${id}-1.store.assay-part`), 'half');
	scene.comparisons = createComparisons(context());
	await vi.waitFor(() => expect(stores().every((name) => name.startsWith(`${id}-`))).toBe(true));
	expect(stores().length).toBeGreaterThan(0);
	await scene.comparisons.resume(id);
	const done = await ended(id);
	expect(done).toMatchObject({ status: 'done', failure: null });
	await vi.waitFor(() => expect(stores()).toEqual([]));
	const [reference, ...others] = done.rows;
	expect(reference?.quality[0]).toMatchObject({ approximation: null, klDivergence: 0 });
	for (const { quality } of others) {
		expect(quality[0]?.approximation).toMatchObject({ kept: 256, sampled: 32 });
		expect(quality[1]?.approximation?.bytes).toBeLessThan(quality[0]?.approximation?.bytes ?? 0);
	}
	expect(exportComparison(done, 'markdown').text).toContain('| ≈ 0.');
	expect(exportComparison(done, 'csv').text).toContain('"divergence estimated"');

	// The same files when both fit: everything is equal except the divergence, which is close.
	scene.fits = true;
	const candidateIds = others.map(({ modelFileId }) => modelFileId ?? 0);
	const exact = await ended((await scene.comparisons.start(plan({ quantize: [], candidateIds }))).id);
	expect(exact).toMatchObject({ status: 'done', failure: null });
	for (const [index, row] of exact.rows.entries()) {
		const [one, other] = [row.quality[0], done.rows[index]?.quality[0]];
		expect(one?.approximation).toBe(null);
		expect([other?.perplexity, other?.ratio, other?.sameTop]).toEqual([one?.perplexity, one?.ratio, one?.sameTop]);
		if (!row.reference) expect((other?.klDivergence ?? 0) / (one?.klDivergence ?? 1)).toBeCloseTo(1, 1);
	}
});

test('chat latency covers loads, first words, time between words and memory, for every file', async () => {
	const { id } = await scene.comparisons.start(plan({ quantize: ['Q8_0'], texts: [], felt: true }));
	const done = await ended(id);
	expect(done).toMatchObject({ status: 'done', failure: null, plan: { felt: true } });
	for (const { felt } of done.rows) {
		expect(felt?.warmLoad.samples).toHaveLength(3);
		expect(felt?.firstToken.map(({ percentile, time }) => [percentile, time.samples.length])).toEqual([
			[null, 3],
			[null, 3],
		]);
		const [short, long] = felt?.firstToken ?? [];
		expect(short?.promptTokens).toBeGreaterThan(30);
		expect(long?.promptTokens).toBeGreaterThan(250);
		expect(felt?.peakBytes).toBeGreaterThan(1e6);
		if (process.platform === 'linux') expect(felt?.coldLoadMs).toBeGreaterThan(0);
	}
	// Messages written between pause and resume do not change the plan: it keeps the lengths from the start.
	expect(JSON.parse(all<{ felt: string }>(scene.database, 'SELECT felt FROM comparisons')[0]?.felt ?? '')).toEqual([
		{ percentile: null, tokens: 64 },
		{ percentile: null, tokens: 512 },
	]);
});
