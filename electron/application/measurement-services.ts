import { join } from 'node:path';
import { openMeasurement } from '../../models/native/measurement/session.ts';
import { runNativeTask } from '../../models/native/run-task.ts';
import { type OpenTraining, openTraining } from '../../models/native/training-run/session.ts';
import { trainingsWithVersions } from '../adaptation/store.ts';
import { createTrainings, type Trainings } from '../adaptation/trainings.ts';
import { type Comparisons, createComparisons } from '../comparison/comparisons.ts';
import { createComparisonParsers } from '../comparison/export-parser.ts';
import { createSweeps, type Sweeps } from '../comparison/sweeps.ts';
import type { ContextSource } from '../conversation/context-builder.ts';
import type { Staging } from '../conversation/import-export/staging.ts';
import type { WritableDatabase } from '../database/database.ts';
import type { Reader } from '../database/reader.ts';
import { createDatasets, type Datasets } from '../dataset/datasets.ts';
import { findVersionByHash } from '../dataset/store/versions.ts';
import type { OpenSession } from '../evaluation/context.ts';
import { createEvaluations, type Evaluations } from '../evaluation/evaluations.ts';
import type { JudgeCheckContext } from '../evaluation/judge-check.ts';
import { createScoringWorker, type ScoringWorker } from '../evaluation/scorers/scoring-worker-client.ts';
import { runsWithVersions } from '../evaluation/store/runs.ts';
import type { EventBus } from '../events.ts';
import type { Jobs } from '../jobs/jobs.ts';
import { createLane, type Lane } from '../jobs/lane.ts';
import { type Adapters, createAdapters } from '../library/adapters/adapters.ts';
import { type AdapterConversion, createAdapterConversion } from '../library/adapters/convert-adapters.ts';
import { fitsSideBySide } from '../library/fit-side-by-side.ts';
import type { ModelLibrary } from '../library/model-service.ts';
import { createQuantizer, type Quantizer } from '../library/quantize-model.ts';
import { createQuantizedSizes } from '../library/quantized-sizes.ts';
import type { ParserProgram } from '../parsing/parser-process.ts';

export interface MeasurementServicesOptions {
	readonly database: WritableDatabase;
	readonly databasePath: string;
	readonly reader: Reader;
	readonly events: EventBus;
	readonly library: ModelLibrary;
	readonly jobs: Jobs;
	readonly staging: Staging;
	readonly dataFolder: string;
	/** Milliseconds since 1970. */
	readonly clock: () => number;
	readonly log: (line: string) => void;
	/** Whether a chat answer is being written. */
	readonly answering: () => boolean;
	readonly readerEntry: URL | undefined;
	/** A real Node binary for parser processes; undefined: the one that runs this process. */
	readonly nodeBinary: string | undefined;
	/** Finds the code of a worker by its name, and what runs it. */
	readonly program: (name: string) => Partial<ParserProgram>;
	readonly contextSources: readonly ContextSource[];
	readonly native: typeof runNativeTask | undefined;
	readonly openSession: OpenSession | undefined;
	readonly openTraining: OpenTraining | undefined;
}

/** Services that measure, and the data they measure on. */
export interface MeasurementServices {
	readonly comparisons: Comparisons;
	readonly quantizer: Quantizer;
	readonly adapters: Adapters;
	readonly conversion: AdapterConversion;
	readonly sweeps: Sweeps;
	readonly datasets: Datasets;
	readonly evaluations: Evaluations;
	readonly trainings: Trainings;
	readonly judges: JudgeCheckContext;
	readonly scoring: Pick<ScoringWorker, 'score'>;
	/** Work in it never overlaps with a measurement. */
	readonly lane: Lane;
	/** Pauses every comparison, run and training. */
	pause(): Promise<void>;
	/** Call after `pause`, once no job is running. */
	close(): Promise<void>;
}

/** Assembles datasets, runs, comparisons and quantisation; everything that measures shares one lane. */
export function openMeasurementServices(options: MeasurementServicesOptions): MeasurementServices {
	const { database, databasePath, reader, events, library, jobs, staging, clock, log, answering } = options;
	const native = options.native ?? runNativeTask;
	const openSession = options.openSession ?? openMeasurement;
	const modelsFolder = join(options.dataFolder, 'models');
	// Measurements run one at a time and have the computer to themselves.
	const lane = createLane();
	const sizes = createQuantizedSizes();
	const quantizer = createQuantizer({ sizes, database, library, jobs, lane, clock, native, modelsFolder });
	const adapters = createAdapters({ database, events, dataFolder: options.dataFolder, clock, log }, library);
	const conversion = createAdapterConversion({
		database,
		adapters,
		library,
		jobs,
		lane,
		quantizer,
		modelsFolder,
		native,
		versionWithHash: (sha256) => findVersionByHash(database, sha256),
	});
	const datasets = createDatasets({
		database,
		databasePath,
		jobs,
		staging,
		events,
		models: library,
		clock,
		log,
		answering,
		workersUrl: options.readerEntry,
		nodeBinary: options.nodeBinary,
		runsWith: (versionIds) => [
			...runsWithVersions(database, versionIds),
			...trainingsWithVersions(database, versionIds),
		],
	});
	const scoringProgram = options.program('scoring-worker');
	const scoring = createScoringWorker(scoringProgram.entry, undefined, scoringProgram.nodeBinary);
	const evaluations = createEvaluations({
		database,
		reader,
		events,
		library,
		jobs,
		lane,
		clock,
		log,
		openSession,
		scoring,
		answering,
		contextSources: options.contextSources,
		listDatasets: () => datasets.manage.list(false),
		freezeVersion: datasets.manage.freezeVersion,
	});
	const parsers = createComparisonParsers(options.program('comparison-worker'));
	const comparisons = createComparisons({
		database,
		events,
		library,
		sizes,
		lane,
		clock,
		log,
		native,
		modelsFolder,
		answering,
		openMeasurement: openSession,
		evaluations,
		datasets: { facets: datasets.facets, freezeVersion: datasets.manage.freezeVersion },
		textsFolder: join(options.dataFolder, 'texts'),
		storesFolder: join(options.dataFolder, 'cache', 'comparisons'),
		fitTogether: fitsSideBySide,
		parsers,
	});
	const trainings = createTrainings({
		database,
		reader,
		events,
		library,
		adapters,
		datasets,
		evaluations,
		comparisons,
		prompts: { database, events, clock },
		lane,
		answering,
		openTraining: options.openTraining ?? openTraining,
		openSession,
		native,
		folder: join(options.dataFolder, 'training'),
		clock,
		log,
	});
	const sweeps = createSweeps({
		database,
		events,
		library,
		jobs,
		lane,
		clock,
		native,
		answering,
		textsFolder: join(options.dataFolder, 'texts'),
	});
	return {
		comparisons,
		quantizer,
		adapters,
		conversion,
		sweeps,
		datasets,
		evaluations,
		trainings,
		lane,
		judges: { database, reader, library, lane, events, openSession, answering },
		scoring,
		async pause() {
			await Promise.all([comparisons.close(), evaluations.close(), trainings.close()]);
		},
		async close() {
			await Promise.all([datasets.close(), scoring.close(), adapters.close()]);
		},
	};
}
