import { join } from 'node:path';
import { createRouterClient, type RouterClient } from '@orpc/server';
import { openMeasurement } from '../models/native/measure/session.ts';
import { runNativeTask } from '../models/native/run.ts';
import { removeOldActivity } from './activity/activity.ts';
import { createLogTail, type LogTail } from './activity/diagnostics/log-tail.ts';
import { keepActivity } from './activity/keep-activity.ts';
import { guardNetwork } from './activity/network/guard.ts';
import { createExclusive } from './api/data/exclusive.ts';
import { type Implementer, implementContract } from './api/implementer.ts';
import { createRouter, type ModelHandlers, type Router } from './api/router.ts';
import { createComparisons } from './comparison/comparisons.ts';
import type { Hello, Status } from './contract/system.ts';
import { createLiveAnswers } from './conversation/answer/live-answers.ts';
import type { ConversationContext } from './conversation/context.ts';
import { createExchange } from './conversation/exchange/exchange.ts';
import { endImport } from './conversation/exchange/import/arriving.ts';
import { createStaging, type Staging } from './conversation/exchange/staging.ts';
import { defaultExchangeEntry } from './conversation/exchange/thread/protocol.ts';
import { forgetBackupsBefore, keepTrash } from './conversation/organise/trash/keep-trash.ts';
import { recoverInterrupted } from './conversation/recover-interrupted.ts';
import { checkInBackground } from './database/background-check.ts';
import type { DatabaseNotice } from './database/backups/damage.ts';
import { type BackupKeeper, keepBackups } from './database/backups/keeper.ts';
import { closeDatabase } from './database/connect.ts';
import type { WritableDatabase } from './database/handle.ts';
import { defaultMigrationsFolder } from './database/migrations.ts';
import { openDatabase } from './database/open.ts';
import { defaultReaderEntry } from './database/reader/protocol.ts';
import { createReader, type Reader } from './database/reader/reader.ts';
import { createDatasets } from './dataset/datasets.ts';
import type { OpenSession } from './evaluation/context.ts';
import { createEvaluations } from './evaluation/evaluations.ts';
import { createScoringThread } from './evaluation/scorers/thread/scoring.ts';
import { runsWithPromptVersions } from './evaluation/store/prompts-in-use.ts';
import { pauseAbandonedRuns, runsWithVersions } from './evaluation/store/runs.ts';
import { createEventBus, type EventBus } from './events.ts';
import { listenForSignals } from './feedback/signals/listen.ts';
import { createJobs } from './jobs/jobs.ts';
import { createLane } from './jobs/lane.ts';
import { statesFolderName } from './library/loaded/saved-states.ts';
import { createFileMaker } from './library/make/make-files.ts';
import type { LibrarySeam, ModelLibrary } from './library/model-service.ts';
import { addStarterPrompts } from './prompt/prompts.ts';
import { readSettings } from './settings/settings.ts';

export interface ApplicationOptions {
	/** Made where it is missing. The caller owns it (`hosts/`): no other process may create an application on it. */
	readonly dataFolder: string;
	readonly host: Hello['host'];
	/** What this host can do beyond the common part, for `system.hello`. */
	readonly capabilities?: readonly string[];
	/** Of Assay, from package.json. */
	readonly version: string;
	/** One line a call, no secrets, no conversation text. */
	readonly log: (line: string) => void;
	/** The model library and its calls. */
	readonly models: (seam: LibrarySeam, os: Implementer) => ApplicationModels | Promise<ApplicationModels>;
	/** Measures in processes of their own; tests hand in what doesn't. */
	readonly native?: typeof runNativeTask;
	/** Holds a model in a process of its own for evaluation runs; tests hand in one that is scripted. */
	readonly openSession?: OpenSession;
	/** Milliseconds since 1970. */
	readonly clock?: () => number;
	/** Where the `.sql` files lie, if not two folders above the running code. */
	readonly migrationsFolder?: string;
	/** Code of the reader thread, if not beside the running code (`reader-worker.js`). */
	readonly readerEntry?: URL;
	/** A damaged database: 'restore' (default) opens the newest good backup and says so in `status().notice`. */
	readonly onDamage?: 'restore' | 'refuse';
}

export interface ApplicationModels {
	readonly library: ModelLibrary;
	readonly handlers: ModelHandlers;
}

/** The whole application, the same object in the window, the browser host and the command line. */
export interface Application {
	/** For a transport's RPCHandler, with the context `{}`. */
	readonly router: Router;
	/** The same calls within this process. */
	readonly client: ApplicationClient;
	readonly events: EventBus;
	/** Files on their way in and out, for a host that transfers them itself. */
	readonly staging: Staging;
	/** Stops and keeps what is being written, ends workers, closes the database. Safe to call twice. */
	close(): Promise<void>;
}

export type ApplicationClient = RouterClient<Router>;

/**
 * Opens the data folder and puts the application together. Answers that a dead process left unfinished become
 * `interrupted`, with the text they had. Throws one Failure that says what is in the way, and then nothing is open:
 * `data-folder-not-writable`, `disk-full`, `database-newer`, `database-damaged`, `migration-changed`, ….
 */
export async function createApplication(options: ApplicationOptions): Promise<Application> {
	const { dataFolder, clock = Date.now, readerEntry = defaultReaderEntry } = options;
	const logTail = createLogTail(options.log, clock);
	const { log } = logTail;
	const path = join(dataFolder, 'assay.db');
	const backupsFolder = join(dataFolder, 'backups');
	const { database, notice, unchecked } = await openDatabase({
		path,
		backupsFolder,
		migrationsFolder: options.migrationsFolder ?? defaultMigrationsFolder,
		readerEntry,
		now: clock(),
		log,
		onDamage: options.onDamage ?? 'restore',
	});
	const reader = createReader(path, readerEntry);
	// A thread of its own: who types does not wait for what else is being read.
	const searchReader = createReader(path, readerEntry);
	const forgetBefore = () => forgetBackupsBefore(database, clock());
	const backups = keepBackups({ database, path, folder: backupsFolder, readerEntry, clock, log, forgetBefore });
	try {
		const interrupted = recoverInterrupted(database, clock());
		if (interrupted.length > 0) log(`conversation: ${interrupted.length} answers were interrupted by the last end`);
		if (endImport(database) === 'abandoned') log('exchange: an import did not end; what had come in is taken back');
		removeOldActivity(database, clock());
		return await compose(
			{ ...options, clock, logTail },
			{ database, path, notice, unchecked, reader, searchReader, backups },
		);
	} catch (error) {
		await closeStorage({ database, reader, searchReader, backups });
		throw error;
	}
}

interface Storage {
	readonly database: WritableDatabase;
	readonly path: string;
	readonly notice: DatabaseNotice | null;
	/** To be checked while it is in use. */
	readonly unchecked: boolean;
	readonly reader: Reader;
	readonly searchReader: Reader;
	readonly backups: BackupKeeper;
}

async function compose(
	options: ApplicationOptions & { readonly clock: () => number; readonly logTail: LogTail },
	storage: Storage,
): Promise<Application> {
	const { dataFolder, host, version, clock, logTail } = options;
	const { log } = logTail;
	const readerEntry = options.readerEntry ?? defaultReaderEntry;
	const { database, path, reader, backups } = storage;
	let { notice } = storage;
	const events = createEventBus((error) => log(`events: a listener failed: ${String(error)}`));
	const settings = () => readSettings(database);
	const exclusive = createExclusive();
	const os = implementContract(log, exclusive.refusal);
	const stopActivity = keepActivity(database, events, clock);
	const jobs = createJobs({ events, clock, log });
	const seam = {
		...{ database, events, jobs, dataFolder, clock, log, staysOpen: host !== 'cli' },
		networkBlocked: () => settings().networkBlocked,
		hubUrl: () => settings().hubUrl,
	};
	const { library, handlers } = await options.models(seam, os);
	const unguard = guardNetwork({
		isBlocked: () => settings().networkBlocked,
		onRefused: (host) =>
			events.publish({
				...{ type: 'network-request', at: clock(), host, bytes: 0 },
				purpose: 'none that Assay knows',
				outcome: 'refused: the network is blocked',
			}),
	});
	const answers = createLiveAnswers();
	const conversation: ConversationContext = {
		...{ database, events, models: library, answers, settings, clock, log },
		// A host that names one thread's code has the other's beside it.
		...(options.readerEntry === undefined ? {} : { readingEntry: new URL('reading-worker.js', options.readerEntry) }),
	};
	const trash = keepTrash(conversation, reader, backups, join(dataFolder, statesFolderName));
	const staging = createStaging(join(dataFolder, 'exchange'), clock);
	const exchange = createExchange({
		...{ database, databasePath: path, jobs, staging, events, clock },
		entry:
			options.readerEntry === undefined ? defaultExchangeEntry : new URL('exchange-worker.js', options.readerEntry),
		answering: () => answers.all().length > 0,
		onAbandoned: () => {
			trash.empty([], { backups: false }).catch((error: unknown) => log(`exchange: ${String(error)}`));
		},
	});
	// Measurements have the computer for themselves, one after the other.
	const lane = createLane();
	const comparisons = createComparisons({
		...{ database, events, library, lane, clock, log, native: options.native ?? runNativeTask },
		openMeasurement: options.openSession ?? openMeasurement,
		modelsFolder: join(dataFolder, 'models'),
		textsFolder: join(dataFolder, 'texts'),
		answering: () => answers.all().length > 0,
	});
	const making = createFileMaker({
		...{ database, library, jobs, lane, clock, native: options.native ?? runNativeTask },
		modelsFolder: join(dataFolder, 'models'),
	});
	const datasets = createDatasets({
		...{ database, databasePath: path, jobs, staging, events, models: library, clock, log },
		threads: options.readerEntry,
		answering: () => answers.all().length > 0,
		runsWith: (versionIds) => runsWithVersions(database, versionIds),
	});
	const scoring = createScoringThread(
		options.readerEntry === undefined ? undefined : new URL('scoring-worker.js', options.readerEntry),
	);
	const evaluations = createEvaluations({
		...{ database, reader, events, library, jobs, lane, clock, log },
		openSession: options.openSession ?? openMeasurement,
		scoring,
		freezeVersion: datasets.manage.freezeVersion,
		answering: () => answers.all().length > 0,
	});
	const feedback = { database, events, settings, clock };
	const prompts = {
		...{ database, events, clock },
		runsWith: (versionIds: readonly number[]) => runsWithPromptVersions(database, versionIds),
	};
	addStarterPrompts(prompts);
	const stopSignals = listenForSignals(feedback);
	const status = (): Status => ({
		engineBuild: library.engineBuild(),
		networkBlocked: settings().networkBlocked,
		notice: notice === null ? null : { message: notice.message, next: [...notice.next] },
	});
	const publishStatus = (): void => events.publish({ type: 'status', status: status() });
	async function checkLater(): Promise<void> {
		const found = await checkInBackground(path, readerEntry);
		if (found === null) return;
		log(`database: ${found.message}`);
		notice = found;
		publishStatus();
	}
	if (storage.unchecked) checkLater().catch((error: unknown) => log(`database: the check failed: ${String(error)}`));
	const router = createRouter(os, {
		conversation,
		feedback,
		reader,
		trash,
		search: { reader: storage.searchReader, clock },
		exchange,
		comparisons,
		datasets,
		evaluations,
		prompts,
		judges: {
			...{ database, reader, library, lane, events, openSession: options.openSession ?? openMeasurement },
			answering: () => answers.all().length > 0,
		},
		jobs,
		models: handlers,
		making,
		settings: { database, events, clock, publishStatus },
		system: {
			database,
			databasePath: path,
			reader,
			events,
			clock,
			dataFolder,
			version,
			status,
			hello: { assayVersion: version, host, capabilities: [...(options.capabilities ?? [])], dataFolder },
			engine: () => library.engine(),
			modelCount: () => library.count(),
			defaultModel: () => library.defaultModelFile(),
			lastBackupAt: () => backups.list()[0]?.createdAt ?? null,
		},
		data: {
			...{ dataFolder, databasePath: path, readerEntry, reader, backups, events, clock, settings, library },
			migrationsFolder: options.migrationsFolder ?? defaultMigrationsFolder,
			exclusive,
			logLines: logTail.lines,
			async rest() {
				await Promise.all([comparisons.close(), evaluations.close()]);
				await jobs.close();
				await stopAnswers();
				await library.unloadAll();
			},
			onReplaced(message) {
				recoverInterrupted(database, clock());
				endImport(database);
				pauseAbandonedRuns(database);
				datasets.recover();
				notice = { message, next: ['To go back, restore that one in Settings, Data'] };
				events.publish({ type: 'settings-changed' });
				events.publish({ type: 'data-replaced' });
				publishStatus();
			},
		},
	});

	async function stopAnswers(): Promise<void> {
		const live = answers.all();
		for (const answer of live) answer.stop();
		await Promise.all(live.map(({ ended }) => ended));
	}
	async function close(): Promise<void> {
		await Promise.all([comparisons.close(), evaluations.close()]);
		await jobs.close();
		await Promise.all([datasets.close(), scoring.close()]);
		await staging.close();
		await stopAnswers();
		await library.close();
		unguard();
		await trash.stop();
		stopSignals();
		stopActivity();
		await closeStorage(storage);
	}
	let closing: Promise<void> | null = null;
	return {
		router,
		client: createRouterClient(router),
		events,
		staging,
		close() {
			closing ??= close();
			return closing;
		},
	};
}

async function closeStorage({
	database,
	reader,
	searchReader,
	backups,
}: Omit<Storage, 'path' | 'notice' | 'unchecked'>): Promise<void> {
	await backups.stop();
	await Promise.all([reader.close(), searchReader.close()]);
	closeDatabase(database);
}
