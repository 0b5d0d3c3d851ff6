import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { createComparisons } from '../../../electron/comparison/comparisons.ts';
import type { ComparisonContext } from '../../../electron/comparison/context.ts';
import { exportComparison } from '../../../electron/comparison/export.ts';
import { planComparison } from '../../../electron/comparison/plan.ts';
import { setConditions } from '../../../electron/comparison/store.ts';
import { all } from '../../../electron/database/sql.ts';
import { runNativeTask } from '../../../models/native/run-task.ts';
import { failureOf } from '../../support/failure.ts';
import { addFile, context, ended, plan, scene, until } from './scene.ts';

test('a comparison quantises its files, measures each on each text and its speed, and recommends one', async () => {
	const started = await scene.comparisons.start(plan());
	expect(started).toMatchObject({ status: 'waiting', done: 0, total: 2 + 3 * (2 + 2), verdict: null });
	const done = await ended(started.id);
	expect(done).toMatchObject({ status: 'done', done: 14, failure: null, secondsLeft: null });
	expect(done.conditions).toMatchObject({ threads: 1, engine: expect.any(String), cores: expect.any(Number) });
	const [reference, q8, q4] = done.rows;
	expect(reference).toMatchObject({ name: 'F32', reference: true, outcome: expect.any(String) });
	expect(reference?.quality[0]).toMatchObject({ category: null, klDivergence: 0, sameTop: 1, ratio: 1, chunks: 6 });
	expect(q8?.quality.map(({ category }) => category)).toEqual([null, 'prose', 'code']);
	expect(q8?.quality[0]?.klDivergence).toBeGreaterThan(0);
	expect(q4?.quality[0]?.klDivergence).toBeGreaterThan(q8?.quality[0]?.klDivergence ?? 1);
	expect(q8?.generation?.samples).toHaveLength(2);
	expect(q8?.peakBytes).toBeGreaterThan(0);
	expect(q8?.sizeBytes).toBeGreaterThan(0);
	// Of the weights alone: the vocabulary in the file counts neither for it nor for a quantised file.
	expect(reference?.bitsPerWeight).toBe(32);
	expect(done.verdict?.text).not.toBe('');

	const markdown = exportComparison(done, 'markdown').text;
	expect(markdown).toContain('| Q8_0 |');
	expect(exportComparison(done, 'csv').text.split('\r\n')[2]).toMatch(/^"Q8_0",/);
});

test('files are quantised with an importance matrix from a text that they are not measured on', async () => {
	const notes = join(scene.folder, 'notes.txt');
	writeFileSync(notes, 'the sea and the cat and a dog went. '.repeat(300));
	const { id, total } = await scene.comparisons.start(plan({ quantize: ['Q4_0'], texts: [], imatrixText: notes }));
	expect(total).toBe(1 + 1 + 2 * 2);
	const done = await ended(id);
	expect(done).toMatchObject({ status: 'done', failure: null, plan: { imatrixText: notes } });
	expect(done.rows.map(({ name }) => name)).toEqual(['F32', 'Q4_0 imatrix']);
	expect(scene.tasks.slice(0, 2)).toEqual(['imatrix', 'quantize']);
	const made = readdirSync(join(scene.folder, 'models'), { recursive: true }).join(' ');
	expect(made).toMatch(/notes\.imatrix-[0-9a-f]{8}\.gguf/);
	const same = plan({ imatrixText: join(scene.folder, 'prose.txt') });
	expect(await failureOf(() => scene.comparisons.start(same))).toMatchObject({ code: 'imatrix-text-measured' });
	// The file is in the library now; its name still shows how it was quantised.
	const again = await ended((await scene.comparisons.again(id)).id);
	expect(again.rows[1]?.name).toMatch(/ imatrix$/);
});

test('speeds are measured in rounds over all files, every other one reversed, at each depth', async () => {
	const order: string[] = [];
	scene.comparisons = createComparisons(
		context({
			native: async (task, options) => {
				if (task.kind === 'bench' && 'model' in task) order.push(basename(String(task.model)));
				return (await runNativeTask(task, options)) as never;
			},
		}),
	);
	const { id } = await scene.comparisons.start(plan({ quantize: ['Q8_0'], texts: [], depths: [32], repetitions: 3 }));
	const done = await ended(id);
	expect(done.conditions.speedOn).toEqual(done.conditions.processor);
	expect(done).toMatchObject({ status: 'done', failure: null });
	const [a, b] = ['tiny.F32.gguf', 'tiny.Q8_0.gguf'];
	expect(order).toEqual([a, b, b, a, a, b]);
	expect(done.plan.depths).toEqual([0, 32]);
	for (const row of done.rows) {
		expect(row.depths.map(({ depth }) => depth)).toEqual([0, 32]);
		for (const { prompt, generation } of row.depths) {
			expect(prompt?.samples).toHaveLength(3);
			expect(generation?.samples).toHaveLength(3);
		}
		expect(row.generation).toEqual(row.depths[0]?.generation);
	}
});

test('every file answers the prompts, and the first token that differs from the reference is known', async () => {
	const prompts = ['the cat and the dog', 'a very long one that does not fit '.repeat(400)];
	const { id } = await scene.comparisons.start(plan({ quantize: ['Q8_0', 'Q2_K'], texts: [], prompts }));
	const done = await ended(id);
	expect(done).toMatchObject({ status: 'done', failure: null, plan: { prompts } });
	const [reference, ...others] = done.rows;
	const first = reference?.answers[0];
	expect(first).toMatchObject({ failure: null, sameTokens: first?.tokens, sameLength: first?.text.length });
	expect(first?.tokens).toBeGreaterThan(5);
	expect(reference?.answers[1]?.failure?.code).toBe('prompt-too-long');
	for (const { answers } of others) {
		const answer = answers[0];
		expect(answer?.sameTokens).toBeLessThanOrEqual(answer?.tokens ?? -1);
		expect(answer?.text.slice(0, answer.sameLength)).toBe(first?.text.slice(0, answer?.sameLength));
	}
	// Two bits change the answer of a model with random weights.
	expect(others[1]?.answers[0]?.sameTokens).toBeLessThan(others[1]?.answers[0]?.tokens ?? 0);
});

test('the time left is known before the first step, as a guess, and learned once every kind was measured', async () => {
	const { id, secondsLeft, secondsLeftLearned } = await scene.comparisons.start(plan({ quantize: ['Q8_0'] }));
	expect(secondsLeft).toBeGreaterThan(0);
	expect(secondsLeftLearned).toBe(false);
	await until(id, () => {
		const { doing, verdict } = scene.comparisons.get(id);
		// Figures of some files are no finding.
		expect(verdict?.confidence ?? 'provisional').toBe('provisional');
		return doing?.startsWith('Speed of') === true;
	});
	await ended(id);
	const next = await scene.comparisons.start(plan({ quantize: ['Q8_0'] }));
	expect(next.secondsLeftLearned).toBe(true);
});

test('a paused comparison keeps its measurements and resumes with the rest', async () => {
	const { id } = await scene.comparisons.start(plan({ quantize: ['Q8_0'] }));
	await until(id, () => scene.comparisons.get(id).done >= 3);
	const paused = await scene.comparisons.pause(id);
	expect(paused.status).toBe('paused');
	expect(paused.done).toBeGreaterThanOrEqual(3);
	const before = all<{ step: string; result: string }>(scene.database, 'SELECT step, result FROM measurements');
	const met = { ...paused.conditions, highestLoadBefore: 99, power: 'battery' };
	setConditions(scene.database, id, met);
	// Another process opens the same data folder after a kill.
	scene.comparisons = createComparisons(context());
	await scene.comparisons.resume(id);
	const done = await ended(id);
	expect(done.status).toBe('done');
	expect(done.conditions).toMatchObject({ highestLoadBefore: 99, power: 'battery' });
	const after = all<{ step: string; result: string }>(scene.database, 'SELECT step, result FROM measurements');
	for (const row of before) expect(after).toContainEqual(row);
	expect(await failureOf(() => scene.comparisons.resume(id))).toMatchObject({ code: 'comparison-done' });
});

test('a comparison that a dead process left running is paused at the next start', async () => {
	const { id } = await scene.comparisons.start(plan());
	createComparisons(context());
	expect(all(scene.database, 'SELECT status FROM comparisons WHERE id = :id', { id })).toEqual([{ status: 'paused' }]);
});

test('a chat answer goes first: the step is dropped and measured again afterwards', async () => {
	const { id } = await scene.comparisons.start(plan({ quantize: ['Q8_0'], texts: [] }));
	while (scene.tasks.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
	scene.answering = true;
	scene.events.publish({ type: 'generation-started', conversationId: 1, messageId: 1, generationId: 1 });
	await until(id, () => scene.comparisons.get(id).waiting);
	expect(scene.comparisons.get(id).doing).toBe('Waiting until the chat answer is complete');
	const given = scene.tasks.length;
	await new Promise((resolve) => setTimeout(resolve, 100));
	expect(scene.tasks).toHaveLength(given);
	scene.answering = false;
	scene.events.publish({ type: 'generation-ended', conversationId: 1, messageId: 1, generationId: 1 });
	expect(await ended(id)).toMatchObject({ status: 'done', done: 5 });
	expect(scene.tasks.filter((kind) => kind === 'bench')).toHaveLength(5);
});

test('a text that disappears fails the comparison with the reason, and it resumes once the text is back', async () => {
	const path = join(scene.folder, 'later.txt');
	const text = 'the cat and the dog went to the sea. '.repeat(60);
	writeFileSync(path, text);
	const { id } = await scene.comparisons.start(plan({ quantize: ['Q8_0'], texts: [path] }));
	rmSync(path);
	expect(await ended(id)).toMatchObject({
		status: 'failed',
		failure: { message: expect.stringContaining('later.txt') },
	});
	writeFileSync(path, text);
	await scene.comparisons.resume(id);
	expect((await ended(id)).status).toBe('done');
});

test('a text that can’t be read or scored is refused before anything is measured', async () => {
	const missing = plan({ texts: [join(scene.folder, 'missing.txt')] });
	expect(await failureOf(() => scene.comparisons.start(missing))).toMatchObject({ code: 'text-missing' });
	writeFileSync(join(scene.folder, 'empty.txt'), '');
	const empty = plan({ texts: [join(scene.folder, 'empty.txt')] });
	expect(await failureOf(() => scene.comparisons.start(empty))).toMatchObject({ code: 'text-empty' });
	expect(scene.comparisons.list()).toEqual([]);
});

test('a plan without candidates and files of another model are refused', async () => {
	expect(await failureOf(() => scene.comparisons.start(plan({ quantize: [] })))).toMatchObject({
		code: 'comparison-empty',
	});
	const other = addFile('Q8_0', join(scene.folder, 'other.gguf'), 900_000);
	expect(await failureOf(() => scene.comparisons.start(plan({ candidateIds: [other.id] })))).toMatchObject({
		code: 'model-architectures-differ',
	});
	expect(await failureOf(() => scene.comparisons.get(99))).toMatchObject({ code: 'comparison-unknown' });
});

test('quantised files of two models with the same name go to different places', () => {
	const paths = ['one', 'other'].map((place) => {
		const reference = addFile('F32', join(scene.folder, place, 'model.F32.gguf'));
		return planComparison(context(), plan({ referenceId: reference.id }), null)
			.candidates.map(({ path }) => path)
			.slice(1);
	});
	expect(paths[0]?.map((path) => basename(path))).toEqual(['model.Q8_0.gguf', 'model.Q4_0.gguf']);
	expect(new Set(paths.flat()).size).toBe(4);
});

test('a device in the plan computes quality and speed of every file, whatever the models’ settings', async () => {
	const asked: object[] = [];
	const own: ComparisonContext['library'] = { ...context().library, options: () => ({ gpu: 'cpu' }) };
	// No computer has both, so one of them always falls back to the processor, with the reason.
	const gpu = process.platform === 'darwin' ? 'cuda' : 'metal';
	scene.comparisons = createComparisons(
		context({
			library: own,
			native: async (task, options) => {
				if ('gpu' in task) asked.push({ kind: task.kind, gpu: task.gpu });
				return (await runNativeTask(task, options)) as never;
			},
		}),
	);
	const texts = [join(scene.folder, 'prose.txt')];
	const { id } = await scene.comparisons.start(plan({ quantize: ['Q8_0'], texts, gpu, gpuLayers: 4 }));
	const done = await ended(id);
	expect(done).toMatchObject({ status: 'done', failure: null, plan: { gpu, gpuLayers: 4 } });
	expect(new Set(asked.map((one) => JSON.stringify(one)))).toEqual(
		new Set([JSON.stringify({ kind: 'perplexity', gpu }), JSON.stringify({ kind: 'bench', gpu })]),
	);
	expect(done.conditions).toMatchObject({ speedOn: done.conditions.processor, gpuFailure: expect.any(String) });
	expect(done.warnings).toEqual(expect.arrayContaining([expect.objectContaining({ code: 'gpu-unused' })]));
});
