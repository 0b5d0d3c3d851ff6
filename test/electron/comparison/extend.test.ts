import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createComparisons } from '../../../electron/comparison/comparisons.ts';
import type { Comparison } from '../../../electron/contract/comparison/schema.ts';
import { run } from '../../../electron/database/sql.ts';
import { failureOf } from '../../support/failure.ts';
import { context, ended, plan, scene } from './scene.ts';

/** Quality only, because it does not depend on time. */
const qualityOf = ({ rows }: Comparison) => rows.map(({ quality }) => quality);

/** Three files on one text, fully measured. */
async function measured(more: object = {}): Promise<Comparison> {
	const { id } = await scene.comparisons.start(plan({ texts: [join(scene.folder, 'prose.txt')], chunks: 2, ...more }));
	const done = await ended(id);
	expect(done).toMatchObject({ status: 'done', failure: null });
	return done;
}

test('an extended comparison keeps its figures until all files have the new ones, which equal those of a fresh one', async () => {
	const first = await measured();
	const room = await scene.comparisons.room(first.id);
	expect(room).toMatchObject({ texts: { chunks: 2, most: expect.any(Number) }, samples: null });
	expect(room.texts?.most).toBeGreaterThan(6);

	const benches = scene.tasks.filter((kind) => kind === 'bench').length;
	expect(await scene.comparisons.extend({ id: first.id, chunks: 5 })).toMatchObject({
		status: 'waiting',
		done: first.total - 3,
		total: first.total,
	});
	for (;;) {
		const between = scene.comparisons.get(first.id);
		if (between.status === 'done') break;
		expect(between.failure).toBeNull();
		if (between.done < between.total) expect(qualityOf(between)).toEqual(qualityOf(first));
		await new Promise((resolve) => setTimeout(resolve, 20));
	}
	const grown = scene.comparisons.get(first.id);
	expect(grown.rows.map(({ quality }) => quality[0]?.chunks)).toEqual([5, 5, 5]);
	expect(grown.plan.chunks).toBe(5);
	expect(scene.tasks.filter((kind) => kind === 'bench')).toHaveLength(benches);

	const candidateIds = first.rows.slice(1).map(({ modelFileId }) => modelFileId);
	const fresh = await measured({ quantize: [], candidateIds, chunks: 5 });
	expect(qualityOf(grown)).toEqual(qualityOf(fresh));

	// Extends to the end of the text, after which there is no more.
	await scene.comparisons.extend({ id: first.id, chunks: null });
	const whole = await ended(first.id);
	expect(whole.rows[0]?.quality[0]?.chunks).toBe(room.texts?.most);
	expect(await scene.comparisons.room(first.id)).toEqual({ texts: null, samples: null });
	expect(await failureOf(() => scene.comparisons.extend({ id: first.id, chunks: 3 }))).toMatchObject({
		code: 'comparison-no-more',
	});
});

test('one repetition means one; speeds are measured again once the computer is quiet, and the rest is kept', async () => {
	const waits: string[] = [];
	scene.comparisons = createComparisons(
		context({
			async waitUntilQuiet(_, onBusy) {
				onBusy(0.7);
				waits.push(scene.comparisons.list()[0]?.status ?? '', scene.comparisons.get(1).doing ?? '');
			},
		}),
	);
	const first = await measured({ repetitions: 1, quantize: ['Q8_0'] });
	expect(first.rows.map(({ generation }) => generation?.samples.length)).toEqual([1, 1]);
	expect(waits).toEqual([]);
	await scene.comparisons.extend({ id: first.id, speed: true });
	const again = await ended(first.id);
	expect(waits).toEqual(['running', 'Waiting until the computer is quiet: 70 % of its processor is in use']);
	expect(qualityOf(again)).toEqual(qualityOf(first));
	expect(again.rows.map(({ generation }) => generation?.samples.length)).toEqual([1, 1]);
	expect(scene.tasks.filter((kind) => kind === 'bench')).toHaveLength(4);
});

test('a file that is left out disappears from table and verdict, and returns with its measurements', async () => {
	const first = await measured();
	const [reference, , worst] = first.rows;
	const id = { id: first.id };
	const left = scene.comparisons.drop({ ...id, candidateId: worst!.candidateId, dropped: true });
	expect(left.rows.map(({ name }) => name)).toEqual(['F32', 'Q8_0']);
	expect(left).toMatchObject({ status: 'done', dropped: [{ candidateId: worst!.candidateId, name: 'Q4_0' }] });
	expect(left.verdict?.text).not.toContain('Q4_0');
	expect([first.title, left.title]).toEqual([expect.stringMatching(/, 3 files$/), expect.stringMatching(/, 2 files$/)]);
	expect(scene.comparisons.list()[0]).toMatchObject({ done: left.total, total: left.total });
	for (const candidateId of [reference!.candidateId, left.rows[1]!.candidateId]) {
		expect(await failureOf(async () => scene.comparisons.drop({ ...id, candidateId, dropped: true }))).toMatchObject({
			code: 'comparison-needs-two',
		});
	}
	const back = scene.comparisons.drop({ ...id, candidateId: worst!.candidateId, dropped: false });
	expect(back.rows).toEqual(first.rows);
	expect(back).toMatchObject({ verdict: first.verdict, title: first.title });

	// The file still lacks what was measured without it; until then, only shared measurements count.
	scene.comparisons.drop({ ...id, candidateId: worst!.candidateId, dropped: true });
	await scene.comparisons.extend({ ...id, chunks: 4 });
	expect((await ended(first.id)).rows.map(({ quality }) => quality[0]?.chunks)).toEqual([4, 4]);
	const behind = scene.comparisons.drop({ ...id, candidateId: worst!.candidateId, dropped: false });
	expect(behind).toMatchObject({ status: 'paused', done: behind.total - 1 });
	expect(behind.rows.map(({ quality }) => quality[0]?.chunks)).toEqual([2, 2, 2]);
	await scene.comparisons.resume(first.id);
	expect((await ended(first.id)).rows.map(({ quality }) => quality[0]?.chunks)).toEqual([4, 4, 4]);
});

test('a repeated comparison has the same quality and manifest for the same files, and others for another text', async () => {
	const first = await measured({ quantize: ['Q4_0'], prompts: ['the cat'] });
	const made = scene.tasks.filter((kind) => kind === 'quantize').length;
	const started = await scene.comparisons.again(first.id);
	expect(started.id).not.toBe(first.id);
	const second = await ended(started.id);
	expect(second).toMatchObject({ status: 'done', failure: null });
	// The files exist, so they are not quantised again, and the reason why one is larger is still known.
	expect(scene.tasks.filter((kind) => kind === 'quantize')).toHaveLength(made);
	expect(qualityOf(second)).toEqual(qualityOf(first));
	expect(second.rows.map(({ fallbackWords }) => fallbackWords)).toEqual(
		first.rows.map(({ fallbackWords }) => fallbackWords),
	);
	const manifest = await scene.comparisons.manifest(first.id);
	expect(manifest.hash).toBe((await scene.comparisons.manifest(second.id)).hash);
	const facts = manifest.parts.flatMap((part) => part.facts);
	expect(facts.find(({ name }) => name === 'prose')?.value).toMatch(
		/^\d+ tokens scored in 2 chunks, sha256 [0-9a-f]{64}$/,
	);
	expect(manifest.parts.map(({ title }) => title)).toEqual([
		...['Comparison', 'Computer and engine', 'Files', 'Settings', 'Texts', 'Prompts'],
	]);

	writeFileSync(join(scene.folder, 'prose.txt'), 'a dog went to the sea and the cat said no. '.repeat(60));
	const third = await ended((await scene.comparisons.again(first.id)).id);
	expect((await scene.comparisons.manifest(third.id)).hash).not.toBe(manifest.hash);
});

test('a comparison that is still being measured or was imported can’t be changed or extended', async () => {
	const first = await measured({ quantize: ['Q8_0'] });
	run(scene.database, `UPDATE comparisons SET status = 'paused' WHERE id = :id`, { id: first.id });
	expect(await failureOf(() => scene.comparisons.extend({ id: first.id, chunks: 4 }))).toMatchObject({
		code: 'comparison-unfinished',
	});
	const { text } = await scene.comparisons.export(first.id, 'json');
	const { id } = await scene.comparisons.import(text);
	expect(await scene.comparisons.room(id)).toEqual({ texts: null, samples: null });
	for (const call of [() => scene.comparisons.extend({ id, chunks: 4 }), () => scene.comparisons.again(id)]) {
		expect(await failureOf(call)).toMatchObject({ code: 'comparison-imported' });
	}
});
