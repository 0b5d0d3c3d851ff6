import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { dataPath } from '../../../electron/adaptation/train.ts';
import { createCollection } from '../../../electron/context/retrieval/collections.ts';
import { addText } from '../../../electron/context/retrieval/documents.ts';
import type { NewSample } from '../../../electron/contract/dataset/schema.ts';
import { correctAnswer, rateAnswer } from '../../../electron/feedback/record.ts';
import { readAdapterFacts } from '../../../models/adapters/adapter-facts.ts';
import { openMeasurement } from '../../../models/native/measurement/session.ts';
import { runNativeTask } from '../../../models/native/run-task.ts';
import { openTraining, type TrainingSession } from '../../../models/native/training-run/session.ts';
import { answering, conversationForTest, converse } from '../../support/conversation.ts';
import { type DatasetsForTest, datasetsForTest, datasetsOn } from '../../support/dataset.ts';
import { documentsForTest } from '../../support/documents.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { writeTinyArchitecture } from '../../support/tiny-architectures.ts';
import { type TrainingTest, trainingTest } from './setup.ts';

/** Trainings in real processes on a tiny model; `sessions`: every process; it is killed at each of these steps once. */
function real(...killAt: number[]): TrainingTest & { readonly sessions: TrainingSession[] } {
	const sessions: TrainingSession[] = [];
	const test = trainingTest({
		model: writeTinyArchitecture(join(temporaryFolder(), 'tiny.gguf'), 'llama', { seed: 1 }),
		native: runNativeTask,
		openTraining(options) {
			const session = openTraining({
				...options,
				onFrame(frame) {
					options.onFrame(frame);
					if (frame.type !== 'point' || frame.point.step !== killAt[0]) return;
					killAt.shift();
					process.kill(session.processId, 'SIGKILL');
				},
			});
			sessions.push(session);
			return session;
		},
	});
	return Object.assign(test, { sessions });
}

/** The real sessions of a tiny model, on what a database holds. */
function onDatabase(on: DatasetsForTest): TrainingTest {
	const folder = temporaryFolder();
	return trainingTest({
		model: writeTinyArchitecture(join(folder, 'tiny.gguf'), 'llama', { seed: 1 }),
		teacher: writeTinyArchitecture(join(folder, 'teacher.gguf'), 'llama', { seed: 2 }),
		native: runNativeTask,
		openTraining,
		openSession: openMeasurement,
		on,
	});
}

/** Resolves when the run has taken a step. */
function atStep({ events, trainings }: TrainingTest, id: number, step: number): Promise<void> {
	return new Promise((resolve) => {
		const look = (): void => {
			if (trainings.points(id, step - 1).points.length === 0) return;
			stop();
			resolve();
		};
		const stop = events.subscribe(({ type }) => type === 'training-changed' && look());
		look();
	});
}

const longer = {
	settings: {
		...{ rank: 4, samplesPerStep: 2, epochs: 4, maxTokens: 96, packTokens: 96, learningRate: 0.01, patience: 0 },
		checkpointSeconds: 0,
	},
};

describe('a training in a real process', () => {
	test('learns, and its adapter is one that llama.cpp reads', async () => {
		const setup = real();
		const run = await setup.trainings.start(
			setup.config(await setup.addDataset(40), { settings: { ...longer.settings, epochs: 6 } }),
		);
		expect(run.check).toMatchObject({ obstacle: null, learned: false });
		expect(run.check?.memoryBytes).toBeGreaterThan(1e6);
		const done = await setup.ended(run.id);
		expect(done.failure).toBeNull();
		expect(done.progress.step).toBe(done.progress.steps);
		expect(done.validation?.best).toBeLessThan((done.validation?.first ?? 0) * 0.95);
		const facts = await readAdapterFacts(done.adapter?.path ?? '');
		expect(facts).toMatchObject({ architecture: 'llama', rank: 4 });
		const [line] = readFileSync(dataPath(setup.context, run.id), 'utf8').split('\n');
		expect(JSON.parse(line ?? '')).toMatchObject({ part: 'train', content: { turns: [{ role: 'user' }] } });
	});

	test('learns to continue the documents of a collection and of a folder', async () => {
		const context = documentsForTest();
		const { id } = createCollection(context, { name: 'Handbook' });
		const words = ['boiler', 'valve', 'pump', 'gauge', 'filter'];
		const page = (from: number): string =>
			Array.from({ length: 60 }, (_, at) => `Turn the ${words[(from + at) % 5]} ${from * 60 + at} times.`).join('\n\n');
		for (let at = 0; at < 6; at += 1) addText(context, { collectionId: id, title: `Page ${at}`, text: page(at) });
		await context.indexed(id);
		const setup = onDatabase(datasetsOn(context.database, context.path));
		const tests = setup.datasets.manage.create({ name: 'My tests', description: '' });
		const samples: NewSample[] = [
			{ input: 'Turn the filter 122 times. Turn the boiler 123 times.', target: 'x' },
			{ input: 'How often is the pump turned on a Sunday in summer?', target: 'y' },
		];
		await setup.datasets.edit.change(tests.id, {
			kind: 'add',
			arriving: samples.map((sample) => ({ sample, source: { kind: 'written' } })),
			skipKnown: false,
		});
		const folder = temporaryFolder();
		mkdirSync(join(folder, 'notes'));
		writeFileSync(join(folder, 'notes', 'a.md'), page(9));
		writeFileSync(join(folder, 'photo.png'), Buffer.of(137, 80, 0, 1));
		const wanted = setup.config(0, {
			objective: 'text',
			data: { kind: 'documents', collectionIds: [id] },
			settings: { ...longer.settings, epochs: 1 },
		});
		const check = await setup.trainings.check(wanted);
		expect(check).toMatchObject({
			obstacle: null,
			samples: { heldOut: 0 },
			leaks: [{ datasetId: tests.id, name: 'My tests', samples: 1 }],
		});
		const run = await setup.trainings.start(wanted);
		const done = await setup.ended(run.id);
		expect(done).toMatchObject({ status: 'done', failure: null, name: expect.stringMatching(/: Handbook$/) });
		expect(readFileSync(dataPath(setup.context, run.id), 'utf8')).toContain('Turn the valve');
		const ofFolder = { ...wanted, data: { kind: 'texts' as const, paths: [folder] } };
		expect((await setup.trainings.check(ofFolder)).samples.train).toBeGreaterThan(0);
		const asked = await setup.trainings.check({ ...wanted, objective: 'sft' });
		expect(asked.obstacle?.code).toBe('training-without-answers');
	});

	test('learns to prefer what a person corrected and rated', async () => {
		const context = conversationForTest(answering(...Array.from({ length: 8 }, (_, at) => `It is ${at}.`)));
		for (let at = 0; at < 8; at += 1) {
			const { messageId } = await converse(context, `What is the number of door ${at * 7} in house ${at * 13}?`);
			if (at % 4 === 3) rateAnswer(context, { messageId, rating: 'up', tags: [], comment: null });
			else correctAnswer(context, { messageId, correction: `Door ${at}.` });
		}
		const setup = onDatabase(datasetsOn(context.database, context.path));
		const wanted = setup.config(0, { objective: 'dpo', data: { kind: 'feedback', filter: {} }, holdOut: 0 });
		const check = await setup.trainings.check(wanted);
		// An answer that was only rated has no worse one.
		expect(check).toMatchObject({ obstacle: null, unusable: { count: 2 } });
		const done = await setup.ended((await setup.trainings.start(wanted)).id);
		expect(done).toMatchObject({ status: 'done', failure: null });
		expect(done.loss).toBeLessThan(Math.log(2) + 0.2);
		expect(await readAdapterFacts(done.adapter?.path ?? '')).toMatchObject({ architecture: 'llama', rank: 4 });
	});

	test('learns from a larger model what it writes, and how sure it is', async () => {
		const setup = onDatabase(datasetsForTest());
		const wanted = setup.config(await setup.addDataset(12), { objective: 'distill', teacherFileId: 2 });
		const done = await setup.ended((await setup.trainings.start(wanted)).id);
		expect(done).toMatchObject({ status: 'done', failure: null });
		const folder = join(setup.context.folder, String(done.id));
		const [line = ''] = readFileSync(join(folder, 'taught.jsonl'), 'utf8').split('\n');
		const [own = ''] = readFileSync(dataPath(setup.context, done.id), 'utf8').split('\n');
		expect(JSON.parse(line).content.answer).not.toBe('');
		expect(JSON.parse(line).content.answer).not.toBe(JSON.parse(own).content.answer);
		expect(await readAdapterFacts(done.adapter?.path ?? '')).toMatchObject({ architecture: 'llama' });
	});

	test('killed at any instant and resumed, it gives the same adapter bit for bit', async () => {
		const whole = real();
		const first = await whole.trainings.start(whole.config(await whole.addDataset(24), longer));
		const expected = await whole.ended(first.id);
		const setup = real(1, 4, 9);
		const run = await setup.trainings.start(setup.config(await setup.addDataset(24), longer));
		for (let kills = 0; kills < 3; kills += 1) {
			expect(await setup.ended(run.id)).toMatchObject({ status: 'failed', failure: { code: 'native-process-died' } });
			await setup.trainings.resume(run.id);
		}
		const done = await setup.ended(run.id);
		expect(done.adapter?.sha256).toBe(expected.adapter?.sha256);
		const losses = ({ trainings }: TrainingTest, id: number) =>
			trainings.points(id, 0).points.map(({ step, loss, validation }) => [step, loss, validation]);
		expect(losses(setup, run.id)).toEqual(losses(whole, first.id));
	});

	test('holds within 200 ms, and goes on to the same step', async () => {
		const setup = real();
		const run = await setup.trainings.start(setup.config(await setup.addDataset(24), longer));
		await atStep(setup, run.id, 1);
		const session = setup.sessions[0];
		session?.hold(true);
		await new Promise((resolve) => setTimeout(resolve, 200));
		const held = setup.trainings.points(run.id, 0).points.length;
		await new Promise((resolve) => setTimeout(resolve, 600));
		expect(setup.trainings.points(run.id, 0).points.length - held).toBeLessThanOrEqual(1);
		session?.hold(false);
		expect((await setup.ended(run.id)).status).toBe('done');
	});

	test.each([
		['an empty answer', [{ input: 'a', target: ' ' }]],
		[
			'one token, and one longer than the context',
			[
				{ input: 'a', target: 'b' },
				{ input: 'the '.repeat(3000), target: 'of '.repeat(3000) },
			],
		],
	])('hostile data: %s', async (_name, samples) => {
		const setup = real();
		const { id } = setup.datasets.manage.create({ name: 'Hostile', description: '' });
		await setup.datasets.edit.change(id, {
			kind: 'add',
			arriving: samples.map((sample) => ({ sample: { ...sample, split: 'train' }, source: { kind: 'written' } })),
			skipKnown: false,
		});
		const check = await setup.trainings.check(setup.config(id));
		if (samples.length === 1) expect(check.obstacle?.code).toBe('training-empty');
		else {
			expect(check.cut.count).toBe(1);
			const run = await setup.trainings.start(setup.config(id));
			expect((await setup.ended(run.id)).status).toBe('done');
		}
	});
});
