import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { dataPath } from '../../../electron/adaptation/train.ts';
import { readAdapterFacts } from '../../../models/adapters/adapter-facts.ts';
import { runNativeTask } from '../../../models/native/run-task.ts';
import { openTraining, type TrainingSession } from '../../../models/native/training-run/session.ts';
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
