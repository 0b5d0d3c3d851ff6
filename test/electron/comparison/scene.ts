import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, vi } from 'vitest';
import { type Comparisons, createComparisons } from '../../../electron/comparison/comparisons.ts';
import type { ComparisonContext } from '../../../electron/comparison/context.ts';
import { getComparison } from '../../../electron/comparison/store.ts';
import { comparisonPlanSchema } from '../../../electron/contract/comparison/schema.ts';
import type { ModelFile } from '../../../electron/contract/library/schema.ts';
import type { WritableDatabase } from '../../../electron/database/database.ts';
import { run } from '../../../electron/database/sql.ts';
import { createEventBus, type EventBus } from '../../../electron/events.ts';
import { createLane, type Lane } from '../../../electron/jobs/lane.ts';
import { createQuantizedSizes } from '../../../electron/library/quantized-sizes.ts';
import { defaultLoadOptions } from '../../../models/contract/load.ts';
import { openMeasurement } from '../../../models/native/measurement/session.ts';
import { runNativeTask } from '../../../models/native/run-task.ts';
import { createModelRuntime, createNodeLauncher, type ModelRuntime } from '../../../models/runtime/runtime.ts';
import { createDatabase } from '../../support/database.ts';
import { buildModelFile } from '../../support/fixtures/model.ts';
import { writeTinyGguf } from '../../support/tiny-gguf.ts';

// Every step is its own process, and the machine may be busy.
vi.setConfig({ testTimeout: 180_000 });

/** State shared by the tests of one file; created again for each test. */
export const scene = {} as {
	folder: string;
	database: WritableDatabase;
	events: EventBus;
	/** Kinds of tasks that were started. */
	tasks: string[];
	/** Whether a chat answer is being written. */
	answering: boolean;
	/** Whether two files fit into memory together. */
	fits: boolean;
	comparisons: Comparisons;
	lane: Lane;
	runtime: ModelRuntime | null;
};

beforeEach(() => {
	scene.folder = mkdtempSync(join(tmpdir(), 'assay-comparison-'));
	scene.database = createDatabase().database;
	scene.events = createEventBus((error) => {
		throw error;
	});
	scene.tasks = [];
	scene.answering = false;
	scene.fits = true;
	scene.runtime = null;
	scene.lane = createLane();
	writeTinyGguf(join(scene.folder, 'tiny.F32.gguf'));
	writeFileSync(join(scene.folder, 'prose.txt'), 'the cat and the dog went to the sea and said so. '.repeat(60));
	writeFileSync(join(scene.folder, 'code.txt'), 'if (the) { cat } else { dog } '.repeat(90));
	addFile('F32', join(scene.folder, 'tiny.F32.gguf'));
	scene.comparisons = createComparisons(context());
});
afterEach(async () => {
	await scene.comparisons.close();
	await scene.runtime?.close();
	rmSync(scene.folder, { recursive: true, force: true });
});

/** Runs the real measurements and records each. */
const native: typeof runNativeTask = async (task, options) => {
	scene.tasks.push(task.kind);
	return (await runNativeTask(task, options)) as never;
};

/** Starts real workers, as the library does. */
function workers(): Pick<ComparisonContext['library'], 'acquire' | 'unloadAll'> {
	return {
		async acquire(id, { threads }, hooks) {
			scene.runtime ??= createModelRuntime({ launcher: createNodeLauncher(), log: () => {} });
			const options = { ...defaultLoadOptions, threads: threads ?? 1, contextSize: 512 };
			return scene.runtime.load({ key: String(id), path: modelFile(id).path, options }, hooks);
		},
		async unloadAll() {
			for (const id of files.keys()) await scene.runtime?.unload(String(id));
		},
	};
}

/** The context of comparisons: real measurements on tiny models. */
export function context(more: Partial<ComparisonContext> = {}): ComparisonContext {
	return {
		database: scene.database,
		events: scene.events,
		native,
		sizes: createQuantizedSizes(),
		openMeasurement,
		clock: () => 1_000,
		log: () => {},
		modelsFolder: join(scene.folder, 'models'),
		textsFolder: join(scene.folder, 'texts'),
		storesFolder: join(scene.folder, 'stores'),
		fitTogether: async () => scene.fits,
		answering: () => scene.answering,
		lane: scene.lane,
		// None of these plans has a task, so this is never called.
		evaluations: {} as ComparisonContext['evaluations'],
		datasets: {} as ComparisonContext['datasets'],
		library: {
			modelFile,
			add: async (path) => addFile('made', path),
			options: () => ({}),
			measuringObstacle: () => null,
			chatTemplate: () => null,
			...workers(),
		},
		...more,
	};
}

const files = new Map<number, ModelFile>();
/** Adds a file to the library. */
export function addFile(quantization: string, path: string, parameters = 100_000): ModelFile {
	const { id } = run(
		scene.database,
		`INSERT INTO model_files (path, name, size_bytes, modified_at, architecture, parameters, quantization, added_at)
		 VALUES (:path, 'Tiny', 400000, 0, 'llama', :parameters, :quantization, 0)`,
		{ path, parameters, quantization },
	);
	const file = buildModelFile(id, {
		path,
		name: 'Tiny',
		quantization,
		parameters,
		sizeBytes: 400_000,
		sha256: null,
	});
	files.set(id, file);
	return file;
}
const modelFile = (id: number): ModelFile => files.get(id)!;

/** Two quantisations of the tiny model on two texts. */
export function plan(more: object = {}) {
	return comparisonPlanSchema.parse({
		referenceId: 1,
		quantize: ['Q8_0', 'Q4_0'],
		texts: [join(scene.folder, 'prose.txt'), join(scene.folder, 'code.txt')],
		contextSize: 64,
		chunks: 3,
		promptTokens: 16,
		generatedTokens: 8,
		repetitions: 2,
		threads: 1,
		...more,
	});
}

/** Resolves when this holds, which is looked at now and whenever the comparison has changed. */
export async function until(id: number, holds: () => boolean): Promise<void> {
	while (!holds()) {
		await new Promise<void>((resolve) => {
			const stop = scene.events.subscribe((event) => {
				if (event.type !== 'comparison-changed' || event.comparisonId !== id) return;
				stop();
				resolve();
			});
		});
	}
}

/** Waits until the comparison has stopped and returns it: only then its decision is computed, which takes long. */
export async function ended(id: number): Promise<ReturnType<Comparisons['get']>> {
	await until(id, () => !['waiting', 'running'].includes(getComparison(scene.database, id).status));
	return scene.comparisons.get(id);
}
