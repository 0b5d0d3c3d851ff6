import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Trainer } from '../../../../models/contract/native/training.ts';
import {
	type TrainingOptions,
	type TrainingPoint,
	trainingOptionsSchema,
} from '../../../../models/contract/native/training-run.ts';
import type { EncodedSample } from '../../../../models/native/training-run/encode-samples.ts';
import { runTraining } from '../../../../models/native/training-run/run-training.ts';
import { failureOf } from '../../../support/failure.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const sample = (key: number): EncodedSample => ({
	key: String(key),
	content: { tokens: Int32Array.from([key, key + 1, key + 2]), weights: Float32Array.from([0, 1, 1]) },
	tokens: 3,
	scored: 2,
});

const train = Array.from({ length: 13 }, (_, index) => sample(index));
const validation = [sample(100), sample(200)];

/** A trainer whose one weight depends on every batch in order; `losses`: validation losses in turn. */
function fakeTrainer({ losses, dieAt, full }: { losses?: number[]; dieAt?: number; full?: boolean } = {}) {
	let weight = 1;
	let steps = 0;
	let validations = 0;
	const trainer: Trainer = {
		model: { architecture: 'llama', layers: 1, vocabulary: 300, contextLength: 64, parameters: 1, modules: [] },
		memory: {
			...{ weights: 1, transposed: 0, adapter: 1, pass: 1, process: 1, total: 4, recompute: false },
		},
		get steps() {
			return steps;
		},
		async step(batch) {
			if (steps + 1 === dieAt) throw new Error('killed');
			const keys = 'samples' in batch ? batch.samples.map(({ tokens }) => tokens[0] ?? 0) : [];
			for (const key of keys) weight = (weight * 31 + key) % 1_000_003;
			steps += 1;
			return {
				...{ loss: weight / 1_000_003, tokens: 3 * keys.length, scoredTokens: 2 * keys.length, preference: null },
				...{ step: steps, gradientNorm: 1, learningRate: 0.1, ms: 1, passes: 1 },
			};
		},
		async evaluate(batch) {
			const count = 'samples' in batch ? batch.samples.length : 0;
			const loss = losses?.[validations] ?? weight / 1_000_003;
			validations += 1;
			return { loss, tokens: 3 * count, scoredTokens: 2 * count, preference: null };
		},
		pause() {},
		resume() {},
		async saveCheckpoint(path) {
			if (full) throw Object.assign(new Error('no space left'), { code: 'ENOSPC', path });
			writeFileSync(path, JSON.stringify({ weight, steps, validations }));
		},
		async loadCheckpoint(path) {
			({ weight, steps, validations } = JSON.parse(readFileSync(path, 'utf8')) as Record<string, number> & {
				weight: number;
				steps: number;
				validations: number;
			});
		},
		async writeAdapter(path) {
			writeFileSync(path, `adapter ${weight}`);
		},
		dispose() {},
	};
	return trainer;
}

function optionsIn(folder: string, settings: Partial<TrainingOptions['settings']> = {}): TrainingOptions {
	const data = join(folder, 'data.jsonl');
	if (!existsSync(data)) writeFileSync(data, '');
	return trainingOptionsSchema.parse({
		...{ model: 'm.gguf', data, objective: 'sft', folder, name: 'a', threads: 1 },
		settings: { samplesPerStep: 4, epochs: 3, validateEvery: 3, seed: 7, checkpointSeconds: 0, ...settings },
	});
}

async function run(
	folder: string,
	trainer: Trainer,
	settings: Partial<TrainingOptions['settings']> = {},
	onPoint: (point: TrainingPoint, requests: { pause: boolean; finish: boolean }) => void = () => {},
	samples = { train, validation },
) {
	const points: TrainingPoint[] = [];
	const requests = { pause: false, finish: false };
	const end = await runTraining(optionsIn(folder, settings), samples, async () => trainer, requests, {
		started() {},
		validating() {},
		checkpoint() {},
		point(point) {
			points.push(point);
			onPoint(point, requests);
		},
	});
	return { end, points };
}

const compared = ({ step, loss, validation, tokens }: TrainingPoint) => ({ step, loss, validation, tokens });

describe('a training run', () => {
	test('takes as many steps as its passes need, and keeps the weights with the lowest validation loss', async () => {
		const folder = temporaryFolder();
		// Of a process that was killed while it wrote.
		writeFileSync(join(folder, '.checkpoint-3.bin.assay-part'), 'half');
		const { end, points } = await run(folder, fakeTrainer({ losses: [3, 1, 2, 4] }), { patience: 0 });
		expect(points.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
		expect(end).toMatchObject({ outcome: 'done', step: 10, adapter: { step: 6 } });
		expect(readdirSync(folder).toSorted()).toEqual([
			'adapter.gguf',
			'best-6.gguf',
			'checkpoint-10.bin',
			'data.jsonl',
			'state.json',
		]);
	});

	test('ends early when validation no longer improves', async () => {
		const { end } = await run(temporaryFolder(), fakeTrainer({ losses: [1, 2, 3] }), {
			...{ patience: 2, epochs: 100 },
		});
		expect(end).toMatchObject({ outcome: 'early', step: 9, adapter: { step: 3 } });
	});

	test('killed at any step, it continues to the same result bit for bit', async () => {
		const whole = temporaryFolder();
		const expected = await run(whole, fakeTrainer());
		for (const dieAt of [1, 2, 4, 7, 10]) {
			const folder = temporaryFolder();
			await expect(run(folder, fakeTrainer({ dieAt }))).rejects.toThrow('killed');
			const { end, points } = await run(folder, fakeTrainer());
			expect(points.map(compared)).toEqual(expected.points.slice(-points.length).map(compared));
			expect(end.adapter?.sha256).toBe(expected.end.adapter?.sha256);
		}
	});

	test('a pause after any step writes a checkpoint, from which it continues', async () => {
		const folder = temporaryFolder();
		const first = await run(folder, fakeTrainer(), { checkpointSeconds: 3600 }, ({ step }, requests) => {
			if (step === 5) requests.pause = true;
		});
		expect(first.end).toEqual({ outcome: 'paused', step: 5, adapter: null });
		const { end, points } = await run(folder, fakeTrainer(), { checkpointSeconds: 3600 });
		expect(points[0]?.step).toBe(6);
		expect(end.outcome).toBe('done');
	});

	test('a pause ends a validation between two batches, and a resumed run validates again', async () => {
		const many = Array.from({ length: 40 }, (_, index) => sample(100 + index));
		const settings = { checkpointSeconds: 3600 };
		const whole = await run(temporaryFolder(), fakeTrainer(), settings, () => {}, { train, validation: many });
		const folder = temporaryFolder();
		const trainer = fakeTrainer();
		const requests = { pause: false, finish: false };
		const points: TrainingPoint[] = [];
		let batches = 0;
		const paused = await runTraining(
			optionsIn(folder, settings),
			{ train, validation: many },
			async () => trainer,
			requests,
			{
				started() {},
				validating() {
					batches += 1;
					// The state is safe before: a process that is killed now loses no step.
					expect(JSON.parse(readFileSync(join(folder, 'state.json'), 'utf8'))).toMatchObject({ step: 3 });
					if (batches === 2) requests.pause = true;
				},
				checkpoint() {},
				point: (point) => void points.push(point),
			},
		);
		expect([paused.outcome, paused.step, batches]).toEqual(['paused', 3, 2]);
		expect(points.at(-1)).toMatchObject({ step: 3, validation: null });
		const resumed = await run(folder, fakeTrainer(), settings, () => {}, { train, validation: many });
		expect(resumed.points.map(compared)).toEqual(whole.points.slice(2).map(compared));
		expect(resumed.end.adapter?.sha256).toBe(whole.end.adapter?.sha256);
	});

	test('stopped, it keeps the best weights so far', async () => {
		const { end } = await run(temporaryFolder(), fakeTrainer({ losses: [1, 2, 3, 4] }), {}, ({ step }, requests) => {
			if (step === 4) requests.finish = true;
		});
		expect(end).toMatchObject({ outcome: 'stopped', step: 4, adapter: { step: 3 } });
	});

	test('a full disk at a checkpoint ends it with its reason and leaves the checkpoint before', async () => {
		const folder = temporaryFolder();
		await expect(run(folder, fakeTrainer({ dieAt: 4 }))).rejects.toThrow('killed');
		const before = readFileSync(join(folder, 'state.json'), 'utf8');
		await expect(run(folder, fakeTrainer({ full: true }))).rejects.toMatchObject({ code: 'ENOSPC' });
		expect(readFileSync(join(folder, 'state.json'), 'utf8')).toBe(before);
		expect((await run(folder, fakeTrainer())).end.outcome).toBe('done');
	});

	test('a checkpoint of other settings, and a damaged one, are refused', async () => {
		const folder = temporaryFolder();
		await expect(run(folder, fakeTrainer({ dieAt: 4 }))).rejects.toThrow('killed');
		const other = await failureOf(() => run(folder, fakeTrainer(), { learningRate: 0.01 }));
		expect(other.code).toBe('training-checkpoint-unsuitable');
		writeFileSync(join(folder, 'state.json'), '{');
		expect((await failureOf(() => run(folder, fakeTrainer()))).code).toBe('training-checkpoint-unsuitable');
	});

	test('it continues with other threads, and after its folder and the model were moved', async () => {
		const folder = temporaryFolder();
		const teacher = join(folder, 'teacher.gguf');
		writeFileSync(teacher, 'weights');
		const reports = { started() {}, validating() {}, checkpoint() {}, point() {} };
		const start = (options: TrainingOptions, trainer: Trainer) =>
			runTraining(options, { train, validation }, async () => trainer, { pause: false, finish: false }, reports);
		const before = { ...optionsIn(folder), teacher };
		await expect(start(before, fakeTrainer({ dieAt: 4 }))).rejects.toThrow('killed');
		const moved = join(temporaryFolder(), 'moved');
		renameSync(folder, moved);
		mkdirSync(folder);
		const after = { ...optionsIn(moved), teacher: join(moved, 'teacher.gguf'), model: 'elsewhere/m.gguf', threads: 2 };
		expect((await start(after, fakeTrainer())).outcome).toBe('done');
		writeFileSync(after.teacher, 'other weights');
		expect((await failureOf(() => start(after, fakeTrainer()))).code).toBe('training-checkpoint-unsuitable');
	});

	test('nothing to learn from is refused', async () => {
		const failure = await failureOf(() =>
			run(temporaryFolder(), fakeTrainer(), {}, () => {}, { train: [], validation: [] }),
		);
		expect(failure.code).toBe('training-empty');
	});
});
