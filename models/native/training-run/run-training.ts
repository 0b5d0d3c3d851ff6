import { createHash } from 'node:crypto';
import { copyFile, mkdir, open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '../../contract/failure.ts';
import type {
	ReferenceLogProbabilities,
	Trainer,
	TrainerOptionsInput,
	TrainingBatch,
	TrainingPair,
	TrainingSample,
} from '../../contract/native/training.ts';
import type { TrainedAdapter, TrainingOptions, TrainingPoint } from '../../contract/native/training-run.ts';
import { said } from '../../contract/said.ts';
import { sha256OfFile } from '../../file-hash.ts';
import { writeWhole } from '../output-file.ts';
import type { EncodedSample, EncodedSamples } from './encode-samples.ts';
import { largestPasses, planSteps, type StepPlan } from './plan-steps.ts';
import { type RunState, readRunState, removeParts, writeRunState } from './run-state.ts';

/** What the host may ask of a run at any time. */
export interface RunRequests {
	/** Writes a checkpoint after the present step, and ends. */
	pause: boolean;
	/** Ends as if all steps were done. */
	finish: boolean;
}

export interface RunReports {
	point(point: TrainingPoint): void;
	/** Begins to validate some samples after a step. */
	validating(step: number, done: number, total: number): void;
	checkpoint(step: number, sizeBytes: number, ms: number): void;
}

export interface RunEnd {
	readonly outcome: 'done' | 'early' | 'stopped' | 'paused';
	readonly step: number;
	readonly adapter: TrainedAdapter | null;
}

/** Part of the training time that checkpoints may cost; below it, one is written after every step. */
const checkpointShare = 0.02;

/** Tokens of one pass: at least one sample, or both answers of a pair. */
function tokensPerPass(
	{ packTokens, maxTokens }: Pick<TrainingOptions['settings'], 'packTokens' | 'maxTokens'>,
	objective: TrainingOptions['objective'],
): number {
	return Math.max(packTokens, objective === 'dpo' ? 2 * maxTokens : maxTokens);
}

/** Options of the trainer for a run on these training samples. */
export function trainerOptionsOf(
	{
		model,
		objective,
		settings,
		teacher,
		threads,
	}: Pick<TrainingOptions, 'model' | 'objective' | 'settings' | 'teacher' | 'threads'>,
	plan: StepPlan,
	samples: readonly EncodedSample[],
	memoryLimit: number | null = null,
): TrainerOptionsInput {
	const room = tokensPerPass(settings, objective);
	return {
		model,
		lora: {
			modules: settings.modules,
			rank: settings.rank,
			alpha: settings.alpha,
			rankStabilised: settings.rankStabilised,
			dropout: settings.dropout,
			plusRatio: settings.loraPlusRatio,
		},
		optimizer: {
			learningRate: settings.learningRate,
			weightDecay: settings.weightDecay,
			schedule: settings.schedule,
			warmupSteps: plan.warmupSteps,
			totalSteps: plan.steps,
			clip: settings.clip === 0 ? null : settings.clip,
		},
		objective:
			objective === 'dpo'
				? { kind: 'preference', beta: settings.beta }
				: objective === 'distill' && teacher !== null && settings.distillShare > 0
					? {
							kind: 'distillation',
							teacher,
							share: settings.distillShare,
							temperature: settings.distillTemperature,
						}
					: { kind: 'supervised' },
		mode: settings.mode,
		threads,
		seed: settings.seed,
		tokensPerPass: room,
		passes: largestPasses(plan, samples, room),
		memoryLimit,
	};
}

/**
 * Trains until all steps are done, validation no longer improves, or the host asks for an end. Continues the state in
 * the run's folder. Throws Failure `training-empty`, `training-checkpoint-unsuitable`, those of the trainer and of the
 * disk; the state in the folder is then the last one that was written.
 */
export async function runTraining(
	options: TrainingOptions,
	samples: Pick<EncodedSamples, 'train' | 'validation'>,
	openTrainer: (options: TrainerOptionsInput) => Promise<Trainer>,
	requests: RunRequests,
	reports: RunReports & { started(step: number, steps: number, trainer: Trainer): void },
): Promise<RunEnd> {
	const { settings, folder } = options;
	if (samples.train.length === 0) throw empty();
	await mkdir(folder, { recursive: true });
	await removeParts(folder);
	const plan = planSteps(settings, samples.train.length);
	const trainer = await openTrainer(trainerOptionsOf(options, plan, samples.train));
	try {
		const hash = await hashOf(options);
		const before = await readRunState(folder, hash);
		if (before !== null) await trainer.loadCheckpoint(join(folder, before.checkpoint));
		let state: RunState = before ?? {
			version: 1,
			options: hash,
			step: 0,
			checkpoint: '',
			tokens: 0,
			trainedMs: 0,
			best: null,
			unvalidated: null,
			stale: 0,
			references: {},
		};
		reports.started(state.step, plan.steps, trainer);
		let saved = state.step;
		let savedAt = performance.now();
		let savingMs = 0;
		const save = async (): Promise<void> => {
			if (saved === state.step) return;
			const began = performance.now();
			const checkpoint = `checkpoint-${state.step}.bin`;
			await trainer.saveCheckpoint(join(folder, checkpoint));
			state = { ...state, checkpoint };
			await writeRunState(folder, state);
			saved = state.step;
			savedAt = performance.now();
			savingMs = savedAt - began;
			reports.checkpoint(state.step, (await stat(join(folder, checkpoint))).size, savingMs);
		};
		const isAsked = (): boolean => requests.finish || requests.pause;
		/** Validates the last step, unless the host asks for an end meanwhile: then a resumed run does it again. */
		const validateLast = async (point: TrainingPoint): Promise<void> => {
			const validating = (done: number, total: number): void => reports.validating(point.step, done, total);
			const loss = await validate(trainer, samples.validation, plan.batch, validating, isAsked);
			reports.point({ ...point, validation: loss });
			if (loss === null) return;
			if (state.best === null || loss < state.best.loss) {
				const adapter = `best-${point.step}.gguf`;
				await trainer.writeAdapter(join(folder, adapter), general(options, point.step));
				state = { ...state, best: { step: point.step, loss, adapter }, stale: 0 };
			} else state = { ...state, stale: state.stale + 1 };
			state = { ...state, unvalidated: null };
			await writeRunState(folder, state);
		};
		if (state.unvalidated !== null && !isAsked()) await validateLast(state.unvalidated);
		const isEarly = (): boolean => settings.patience > 0 && state.stale >= settings.patience;
		while (state.step < plan.steps && !isEarly() && !isAsked()) {
			const step = state.step + 1;
			const indices = plan.batchOf(step);
			const done = await trainer.step(batchOf(samples.train, indices, state.references));
			if (done.step !== step) throw new Error(`the trainer took step ${done.step} instead of ${step}`);
			const references = { ...state.references };
			done.preference?.references.forEach((reference, at) => {
				references[String(indices[at])] = reference;
			});
			state = {
				...state,
				step,
				references,
				tokens: state.tokens + done.tokens,
				trainedMs: state.trainedMs + done.ms,
			};
			const point: TrainingPoint = {
				...{ step, loss: done.loss, validation: null },
				gradientNorm: done.gradientNorm,
				learningRate: done.learningRate,
				tokens: state.tokens,
				tokensPerSecond: done.ms > 0 ? (done.tokens / done.ms) * 1000 : 0,
				trainedMs: state.trainedMs,
			};
			if (samples.validation.length > 0 && (step % plan.validateEvery === 0 || step === plan.steps)) {
				state = { ...state, unvalidated: point };
				// A validation can take longer than an application that ends may wait.
				await save();
				await validateLast(point);
				continue;
			}
			reports.point(point);
			const since = performance.now() - savedAt;
			if (since >= Math.min(settings.checkpointSeconds * 1000, savingMs / checkpointShare)) await save();
		}
		if (requests.pause && !requests.finish) {
			await save();
			return { outcome: 'paused', step: state.step, adapter: null };
		}
		const outcome = state.step >= plan.steps ? 'done' : isEarly() ? 'early' : 'stopped';
		await save();
		const adapter = await writeResult(options, trainer, state);
		return { outcome, step: state.step, adapter };
	} finally {
		trainer.dispose();
	}
}

/** Facts in the header of the adapter's file. */
function general({ name, objective }: TrainingOptions, step: number): Record<string, string> {
	return { name, description: `Trained by Assay: ${objective}, step ${step}` };
}

/** Writes the adapter with the best weights: those with the lowest validation loss, or the last ones. */
async function writeResult(options: TrainingOptions, trainer: Trainer, state: RunState): Promise<TrainedAdapter> {
	const path = join(options.folder, 'adapter.gguf');
	const best = state.best === null ? null : join(options.folder, state.best.adapter);
	await writeWhole(
		path,
		(part) => (best === null ? trainer.writeAdapter(part, general(options, state.step)) : copyFile(best, part)),
		async () => {},
	);
	const { size } = await stat(path);
	return { path, sizeBytes: size, sha256: await sha256OfFile(path), step: state.best?.step ?? state.step };
}

/** Mean loss over the validation samples, weighted by what counts in each batch; null: `isAsked` ended it. */
async function validate(
	trainer: Trainer,
	samples: readonly EncodedSample[],
	batch: number,
	validating: (done: number, total: number) => void,
	isAsked: () => boolean,
): Promise<number | null> {
	let sum = 0;
	let weight = 0;
	for (let at = 0; at < samples.length; at += batch) {
		if (isAsked()) return null;
		validating(at, samples.length);
		const some = samples.slice(at, at + batch);
		const found = await trainer.evaluate(
			batchOf(
				some,
				some.map((_, index) => index),
				{},
			),
		);
		const share = found.preference === null ? found.scoredTokens : some.length;
		sum += found.loss * share;
		weight += share;
	}
	return sum / weight;
}

function batchOf(
	samples: readonly EncodedSample[],
	indices: readonly number[],
	references: Readonly<Record<string, ReferenceLogProbabilities>>,
): TrainingBatch {
	const chosen = indices.map((index) => ({ index, content: samples[index]?.content }));
	const pairs = chosen.flatMap(({ index, content }): TrainingPair[] => {
		if (content === undefined || !('chosen' in content)) return [];
		const reference = references[String(index)];
		return [reference === undefined ? content : { ...content, reference }];
	});
	if (pairs.length > 0) return { pairs };
	return { samples: chosen.flatMap(({ content }) => (content === undefined ? [] : [content as TrainingSample])) };
}

/**
 * What a checkpoint depends on: the samples, what makes tokens and steps of them, and the teacher. Not the places of files
 * nor the threads, which change no bit; the trainer itself knows its base by the weights.
 */
async function hashOf({ data, settings, objective, chatTemplate, teacher }: TrainingOptions): Promise<string> {
	const { checkpointSeconds: _, ...steps } = settings;
	const text = JSON.stringify({
		...{ objective, template: chatTemplate?.source ?? null, settings: steps },
		data: await sha256OfFile(data),
		teacher: teacher === null ? null : await hashOfEnds(teacher),
	});
	return createHash('sha256').update(text).digest('hex');
}

/** Bytes at either end of a model file that tell it from others: its header, and its last weights. */
const endBytes = 1024 * 1024;

async function hashOfEnds(path: string): Promise<string> {
	const handle = await open(path, 'r');
	try {
		const { size } = await handle.stat();
		const hash = createHash('sha256').update(String(size));
		for (const position of [0, Math.max(0, size - endBytes)]) {
			const bytes = Buffer.alloc(endBytes);
			const { bytesRead } = await handle.read(bytes, 0, endBytes, position);
			hash.update(bytes.subarray(0, bytesRead));
		}
		return hash.digest('hex');
	} finally {
		await handle.close();
	}
}

function empty(): Failure {
	return new Failure({
		code: 'training-empty',
		message: said`There are no samples to learn from.`,
		next: [said`Add samples with answers`, said`Choose another split, or fewer tags`],
	});
}
