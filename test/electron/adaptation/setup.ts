import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { AdaptationContext } from '../../../electron/adaptation/context.ts';
import { createTrainings, type Trainings } from '../../../electron/adaptation/trainings.ts';
import {
	type TrainingConfig,
	type TrainingRun,
	trainingConfigSchema,
} from '../../../electron/contract/adaptation/schema.ts';
import type { Adapter } from '../../../electron/contract/adapters/schema.ts';
import type { Comparison, ComparisonPlan } from '../../../electron/contract/comparison/schema.ts';
import type { NewSample } from '../../../electron/contract/dataset/schema.ts';
import type { ModelFile } from '../../../electron/contract/library/schema.ts';
import type { Evaluations } from '../../../electron/evaluation/evaluations.ts';
import { createLane } from '../../../electron/jobs/lane.ts';
import type { NewAdapter } from '../../../electron/library/adapters/adapters.ts';
import type { FromTraining, TrainingPlan } from '../../../models/contract/native/training-run.ts';
import type { runNativeTask } from '../../../models/native/run-task.ts';
import type { OpenTraining, TrainingEnd, TrainingSessionOptions } from '../../../models/native/training-run/session.ts';
import { openReader } from '../../support/database.ts';
import { type DatasetsForTest, datasetsForTest } from '../../support/dataset.ts';
import { type Answering, scriptedSessions } from '../../support/evaluation.ts';
import { buildModelFile } from '../../support/fixtures/model.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

export interface TrainingTest extends DatasetsForTest {
	readonly trainings: Trainings;
	readonly context: AdaptationContext;
	readonly registered: NewAdapter[];
	/** Plans of comparisons on neutral texts. */
	readonly compared: readonly ComparisonPlan[];
	answering: boolean;
	/** A dataset of orders; returns its id. */
	addDataset(count: number, split?: string): Promise<number>;
	config(datasetId: number, changes?: object): TrainingConfig;
	/** Resolves once nothing of the run is active. */
	ended(id: number): Promise<TrainingRun>;
}

export interface TrainingTestOptions {
	readonly openTraining: OpenTraining;
	readonly native: typeof runNativeTask;
	/** Path of the base. */
	readonly model: string;
	/** How models answer; default: with the question. */
	readonly answer?: Answering;
	/** A database with what is to be learned; default: an empty one. */
	readonly on?: DatasetsForTest;
	/** Path of a larger model, number 2. */
	readonly teacher?: string;
	/** How samples are answered; default: scripted. */
	readonly openSession?: AdaptationContext['openSession'];
}

/** Trainings on a real database, with datasets, and everything else scripted unless it is passed. */
export function trainingTest({
	openTraining,
	native,
	model,
	answer,
	on,
	teacher = model,
	openSession = scriptedSessions(answer).open,
}: TrainingTestOptions): TrainingTest {
	const test = on ?? datasetsForTest();
	const { database, path, datasets, events } = test;
	const file: ModelFile = { ...buildModelFile(1), path: model, sha256: 'b'.repeat(64) };
	const registered: NewAdapter[] = [];
	let answering = false;
	const { started: compared, ...comparisons } = scriptedComparisons();
	const context: AdaptationContext = {
		database,
		reader: openReader(path),
		events,
		library: {
			modelFile: (id) => (id === 2 ? { ...file, id, path: teacher } : file),
			all: () => [file],
			unloadAll: async () => {},
			chatTemplate: () => null,
			engineBuild: () => 'scripted',
			measuringObstacle: () => null,
		},
		adapters: {
			folder: join(temporaryFolder(), 'adapters'),
			async register(adapter) {
				registered.push(adapter);
				return { id: registered.length, path: adapter.path } as Adapter;
			},
		},
		datasets,
		evaluations: {} as Evaluations,
		comparisons,
		prompts: { database, events, clock: () => 1 },
		lane: createLane(),
		answering: () => answering,
		openTraining,
		openSession,
		native,
		folder: join(temporaryFolder(), 'training'),
		clock: () => Date.UTC(2026, 10, 28),
		log: () => {},
	};
	const trainings = createTrainings(context);
	onTestFinished(() => trainings.close());
	return {
		...test,
		trainings,
		context,
		registered,
		compared,
		get answering() {
			return answering;
		},
		set answering(value) {
			answering = value;
		},
		async addDataset(count, split) {
			const { id } = datasets.manage.create({ name: `Orders ${count}`, description: '' });
			const samples: NewSample[] = Array.from({ length: count }, (_, index) => ({
				input: `${names[index % names.length]} takes ${index + 2} ${things[index % things.length]} on day ${index * 7}`,
				target: `{"n":${index + 2}}`,
				key: `order-${index}`,
				...(split === undefined ? {} : { split }),
			}));
			await datasets.edit.change(id, {
				kind: 'add',
				arriving: samples.map((sample) => ({ sample, source: { kind: 'written' } })),
				skipKnown: false,
			});
			return id;
		},
		config: (datasetId, changes = {}) =>
			trainingConfigSchema.parse({
				modelFileId: 1,
				data: { kind: 'dataset', datasetId },
				threads: 1,
				settings: {
					...{ rank: 4, samplesPerStep: 4, epochs: 1, maxTokens: 96, packTokens: 128, learningRate: 0.01 },
					...{ validateEvery: 2, checkpointSeconds: 0 },
				},
				...changes,
			}),
		ended: (id) =>
			new Promise((resolve, reject) => {
				const look = (): void => {
					trainings.get(id).then((run) => {
						if (run.status === 'waiting' || run.status === 'running') return;
						stop();
						resolve(run);
					}, reject);
				};
				const stop = events.subscribe((event) => event.type === 'training-changed' && event.runId === id && look());
				look();
			}),
	};
}

/** Comparisons that are done at once, and say what they were asked for. */
function scriptedComparisons() {
	const started: ComparisonPlan[] = [];
	return {
		started,
		presets: async () => [],
		start: async (plan: ComparisonPlan) => ({ id: started.push(plan) }) as Comparison,
		resume: async (id: number) => ({ id }) as Comparison,
		get: (id: number) => ({ id, status: 'done', rows: [] }) as unknown as Comparison,
	};
}

const names = ['Ada', 'Bo', 'Cy', 'Dee', 'Ed', 'Flo', 'Gil', 'Hal', 'Ida', 'Jo', 'Kim'];
const things = ['pears', 'lamps', 'boots', 'drums', 'kites', 'nails', 'roses'];

/** A plan as the native task gives one, without a process. */
export const scriptedPlan = (async ({ settings }: { settings: TrainingPlan['settings'] }) => ({
	result: {
		...{ samples: { train: 20, validation: 2 }, tokens: 900, scoredTokens: 200, validationTokens: 90 },
		...{ longest: 60, median: 45, cut: [], leftOut: [], refused: [], steps: Math.min(5, settings?.maxSteps ?? 5) },
		...{ memoryBytes: 1e8, settings, obstacle: null },
	} satisfies TrainingPlan,
	peakResidentBytes: 1,
	cpuMs: 1,
})) as unknown as typeof runNativeTask;

/** The plan of samples that teach nothing. */
export const emptyPlan = (async (task: Parameters<typeof scriptedPlan>[0]) => {
	const planned = await scriptedPlan(task);
	return { ...planned, result: { ...planned.result, samples: { train: 0, validation: 0 } } };
}) as typeof runNativeTask;

/** A training process that does what a test tells it. */
export class ScriptedTraining {
	readonly opened: TrainingSessionOptions[] = [];
	readonly asked: string[] = [];
	#end: { resolve: (end: TrainingEnd) => void; reject: (reason: unknown) => void } | null = null;
	#onOpen: (() => void) | null = null;

	readonly open: OpenTraining = (options) => {
		this.opened.push(options);
		const { promise, resolve, reject } = Promise.withResolvers<TrainingEnd>();
		promise.catch(() => {});
		this.#end = { resolve, reject };
		queueMicrotask(() => this.#onOpen?.());
		return {
			processId: 1,
			ended: promise,
			hold: (held) => void this.asked.push(held ? 'hold' : 'release'),
			pause: () => void this.asked.push('pause'),
			finish: () => void this.asked.push('finish'),
			kill: (reason) => {
				this.asked.push('kill');
				reject(reason);
			},
		};
	};

	/** Resolves when the next process has started. */
	started(): Promise<void> {
		return new Promise((resolve) => {
			this.#onOpen = resolve;
		});
	}

	send(frame: Exclude<FromTraining, { type: 'ended' | 'failed' }>): void {
		this.opened.at(-1)?.onFrame(frame);
	}

	point(step: number, loss: number, validation: number | null = null): void {
		const rest = {
			gradientNorm: 1,
			learningRate: 0.1,
			tokens: step * 100,
			tokensPerSecond: 50,
			trainedMs: step * 2000,
		};
		this.send({ type: 'point', point: { step, loss, validation, ...rest } });
	}

	end(outcome: TrainingEnd['outcome'], step: number): void {
		const path = join(this.opened.at(-1)?.training.folder ?? '', 'adapter.gguf');
		writeFileSync(path, 'adapter');
		const adapter = { path, sizeBytes: 7, sha256: 'c', step };
		this.#end?.resolve({
			...{ type: 'ended', outcome, step, peakResidentBytes: 5e8 },
			adapter: outcome === 'paused' ? null : adapter,
		});
	}

	fail(reason: unknown): void {
		this.#end?.reject(reason);
	}
}
