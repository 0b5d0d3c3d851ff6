import { onTestFinished } from 'vitest';
import { type RunConfig, runConfigSchema } from '../../../electron/contract/evaluation/run-config.ts';
import type { ModelFile } from '../../../electron/contract/library/schema.ts';
import type { WritableDatabase } from '../../../electron/database/database.ts';
import { run, transaction } from '../../../electron/database/sql.ts';
import { insertDataset, listDatasets } from '../../../electron/dataset/store/datasets.ts';
import { putMember } from '../../../electron/dataset/store/members.ts';
import { insertSample, textOf } from '../../../electron/dataset/store/samples.ts';
import { getVersion, insertHiddenVersion, setFrozen, showVersion } from '../../../electron/dataset/store/versions.ts';
import type { EvaluationContext } from '../../../electron/evaluation/context.ts';
import { createEvaluations, type Evaluations } from '../../../electron/evaluation/evaluations.ts';
import { createScoringWorker } from '../../../electron/evaluation/scorers/scoring-worker-client.ts';
import { createEventBus, type EventBus } from '../../../electron/events.ts';
import { createJobs } from '../../../electron/jobs/jobs.ts';
import { createLane } from '../../../electron/jobs/lane.ts';
import { createPrompt } from '../../../electron/prompt/prompts.ts';
import { Failure } from '../../../models/contract/failure.ts';
import type { Turn } from '../../../models/contract/generation.ts';
import { createDatabase, openReader } from '../../support/database.ts';
import { type Answering, type ScriptedSessions, scriptedSessions } from '../../support/evaluation.ts';
import { buildModelFile } from '../../support/fixtures/model.ts';

export interface Setup {
	readonly database: WritableDatabase;
	readonly context: EvaluationContext;
	readonly evaluations: Evaluations;
	readonly events: EventBus;
	readonly sessions: ScriptedSessions;
	readonly datasetId: number;
	readonly promptVersionId: number;
	readonly modelIds: readonly number[];
	answering: boolean;
	/** A valid config for the set-up. */
	config(more?: object): RunConfig;
	/** Resolves once nothing of the run is active. */
	ended(id: number): Promise<ReturnType<Evaluations['get']>>;
}

export interface TestSample {
	readonly key?: string;
	readonly input: string | Turn[];
	readonly target?: string | null;
	readonly choices?: string[];
	readonly split?: string;
	readonly tags?: string[];
	readonly cluster?: string;
	readonly variables?: Record<string, string>;
	readonly metadata?: Record<string, unknown>;
}

/** A dataset with one frozen version, written straight into the tables. */
export function addDataset(
	database: WritableDatabase,
	name: string,
	samples: readonly TestSample[],
): { datasetId: number; versionId: number } {
	return transaction(database, () => {
		const datasetId = insertDataset(database, { name, description: '', now: 1 });
		const versionId = insertHiddenVersion(database, datasetId, 1);
		for (const [position, sample] of samples.entries()) {
			const {
				input,
				target = null,
				choices = null,
				split = 'test',
				tags = [],
				cluster = null,
				variables = {},
				metadata = {},
			} = sample;
			const content = { input, target, choices, variables, metadata, tags, cluster };
			const text = textOf(content, sample.key ?? `s${position + 1}`, { kind: 'written' });
			putMember(database, versionId, {
				position,
				sampleId: insertSample(database, datasetId, text, { now: 1 }),
				split,
			});
		}
		showVersion(database, versionId, samples.length);
		setFrozen(database, versionId, 'a'.repeat(64), '', 1);
		return { datasetId, versionId };
	});
}

export function addModel(database: WritableDatabase, id: number, quantization = 'Q8_0'): ModelFile {
	const path = `/models/${id}.gguf`;
	run(
		database,
		`INSERT INTO model_files (id, path, name, size_bytes, modified_at, architecture, parameters, quantization, added_at)
		 VALUES (:id, :path, 'Scripted', 1, 0, 'llama', 1000, :quantization, 0)`,
		{ id, path, quantization },
	);
	return buildModelFile(id, {
		path,
		name: 'Scripted',
		sizeBytes: 1,
		sha256: String(id).repeat(64).slice(0, 64),
		parameters: 1000,
		quantization,
		contextLength: 4096,
		tokensPerSecond: null,
	});
}

/** Sums: "1 + 1" with the target "2", …. */
export function sums(count: number): TestSample[] {
	return Array.from({ length: count }, (_, index) => ({
		key: `sum-${index}`,
		input: `${index} + 1`,
		target: String(index + 1),
		tags: [index % 2 === 0 ? 'even' : 'odd'],
	}));
}

/** A model that adds correctly, except for numbers in `wrong`. */
export function adds(wrong: ReadonlySet<number> = new Set()): Answering {
	return (_, { text }) => {
		const first = Number(/(\d+) \+ 1/.exec(text)?.[1]);
		return { text: String(first + (wrong.has(first) ? 2 : 1)) };
	};
}

export interface SetupOptions {
	readonly answer?: Answering;
	readonly models?: number;
	/** Path of the first model's file, if it is a real one. */
	readonly path?: string;
	readonly more?: Partial<EvaluationContext>;
	/** Default: a new database. */
	readonly storage?: Pick<ReturnType<typeof createDatabase>, 'database' | 'path'>;
}

export function setUp(
	samples: readonly TestSample[],
	{ answer = adds(), models = 1, path: modelPath, more = {}, storage }: SetupOptions = {},
): Setup {
	const { database, path } = storage ?? createDatabase();
	const events = createEventBus((error) => {
		throw error;
	});
	const sessions = scriptedSessions(answer);
	const { datasetId } = addDataset(database, 'Sums', samples);
	const prompt = createPrompt(
		{ database, events, clock: () => 1 },
		{ name: 'Plain', description: '', note: '', system: '', template: '{{input}}', example: '' },
	);
	const files = new Map(
		Array.from({ length: models }, (_, index) => [
			index + 1,
			addModel(database, index + 1, ['Q8_0', 'Q4_0', 'Q2_K'][index]),
		]),
	);
	const scoring = createScoringWorker();
	onTestFinished(() => scoring.close());
	const first = files.get(1);
	if (modelPath !== undefined && first !== undefined) files.set(1, { ...first, path: modelPath });
	const state = { answering: false };
	const context: EvaluationContext = {
		database,
		events,
		reader: openReader(path),
		listDatasets: () => listDatasets(database, false),
		lane: createLane(),
		clock: () => 1_000,
		log: () => {},
		jobs: createJobs({ events, clock: () => 1, log: () => {} }),
		library: {
			modelFile(id) {
				const file = files.get(id);
				if (file !== undefined) return file;
				throw new Failure({ code: 'model-unknown', message: `There is no model ${id}.`, next: ['Choose another'] });
			},
			unloadAll: async () => {},
			engineBuild: () => 'scripted engine',
			all: () => [...files.values()],
			options: () => ({}),
			measuringObstacle: () => null,
			chatTemplate: () => null,
		},
		openSession: sessions.open,
		contextSources: [],
		scoring,
		freezeVersion: async (id) => getVersion(database, id),
		answering: () => state.answering,
		...more,
	};
	const evaluations = createEvaluations(context);
	onTestFinished(() => evaluations.close());
	return {
		database,
		context,
		evaluations,
		events,
		sessions,
		datasetId,
		promptVersionId: prompt.latest.id,
		modelIds: [...files.keys()],
		get answering() {
			return state.answering;
		},
		set answering(value) {
			state.answering = value;
		},
		config: (changes = {}) =>
			runConfigSchema.parse({
				dataset: { datasetId },
				promptVersionIds: [prompt.latest.id],
				modelFileIds: [...files.keys()],
				scorers: [{ kind: 'exact' }],
				shardSize: 8,
				threads: 1,
				...changes,
			}),
		async ended(id) {
			const end = performance.now() + 110_000;
			for (;;) {
				const found = evaluations.get(id);
				if (found.status !== 'waiting' && found.status !== 'running') return found;
				if (performance.now() > end) throw new Error(`run ${id} is still ${found.status}: ${found.progress.doing}`);
				await new Promise((resolve) => setTimeout(resolve, 10));
			}
		},
	};
}
