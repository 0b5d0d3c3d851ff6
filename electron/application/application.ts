import { join } from 'node:path';
import { createRouterClient } from '@orpc/server';
import { requireAddressSpace } from '../../models/address-space.ts';
import { said, spoken } from '../../models/contract/said.ts';
import { openMeasurement } from '../../models/native/measurement/session.ts';
import { runNativeTask } from '../../models/native/run-task.ts';
import { createLogClearer } from '../activity/clear-log.ts';
import { createLogTail, type LogTail } from '../activity/log-tail.ts';
import { blockNetwork } from '../activity/network-block.ts';
import { deleteExpiredActivity, lastRecordedAt, recordEvents } from '../activity/record-activity.ts';
import { pauseAbandonedTrainings } from '../adaptation/store.ts';
import { createExclusiveAccess } from '../api/exclusive-access.ts';
import { implementContract } from '../api/implementer.ts';
import { createRouter } from '../api/router.ts';
import { createContextBuilder } from '../context/build-context.ts';
import { createDocumentLibrary } from '../context/document-library.ts';
import { createDocumentSource } from '../context/document-source.ts';
import { createFactLibrary } from '../context/memory/fact-library.ts';
import { startFactTrash } from '../context/memory/fact-trash.ts';
import { createFactVectors, followFacts } from '../context/memory/fact-vectors.ts';
import { followMessages } from '../context/memory/follow-messages.ts';
import { createMemorySource } from '../context/memory-source.ts';
import { createConversationPast, embedPast } from '../context/overflow/conversation-past.ts';
import { createConversationSummaries } from '../context/overflow/conversation-summaries.ts';
import { createPastSource } from '../context/overflow/past-source.ts';
import { createSummarySource } from '../context/overflow/summary-source.ts';
import { searchForTool } from '../context/tools/built-in/search-documents.ts';
import { createTools } from '../context/tools/tools.ts';
import type { Status } from '../contract/system/schema.ts';
import { createLiveAnswers } from '../conversation/answer/live-answers.ts';
import { recoverInterrupted } from '../conversation/answer/recover-interrupted.ts';
import { createReadingPool } from '../conversation/attachment/read-file.ts';
import { forgetBranchPath } from '../conversation/branch-path.ts';
import type { ConversationContext } from '../conversation/context.ts';
import type { ContextSource } from '../conversation/context-builder.ts';
import { createImportExport } from '../conversation/import-export/import-export.ts';
import { finishInterruptedImport } from '../conversation/import-export/import-visibility.ts';
import { createStaging } from '../conversation/import-export/staging.ts';
import { defaultImportExportEntry } from '../conversation/import-export/worker-protocol.ts';
import { backupCutoff, startTrashRetention } from '../conversation/organise/trash-retention.ts';
import { hasConversations } from '../conversation/store/list-conversations.ts';
import { followTitles } from '../conversation/title-writer.ts';
import { type BackupSchedule, scheduleBackups } from '../database/backups/backup-schedule.ts';
import type { DatabaseNotice } from '../database/backups/recover-damage.ts';
import { closeDatabase } from '../database/connect.ts';
import type { WritableDatabase } from '../database/database.ts';
import { defaultMigrationsFolder } from '../database/migrations.ts';
import { checkInBackground, openDatabase } from '../database/open.ts';
import { createReader, type Reader } from '../database/reader.ts';
import { defaultReaderEntry } from '../database/reader-protocol.ts';
import { pauseAbandonedRuns } from '../evaluation/recover-interrupted-runs.ts';
import { createScoringWorker } from '../evaluation/scorers/scoring-worker-client.ts';
import { runsWithPromptVersions } from '../evaluation/store/runs.ts';
import { createEventBus } from '../events.ts';
import { listenForSignals } from '../feedback/signals.ts';
import { createJobs } from '../jobs/jobs.ts';
import { statesFolderName } from '../library/loaded/loaded-models.ts';
import { modelName } from '../library/store/model-files.ts';
import type { ParserProgram } from '../parsing/parser-process.ts';
import { addStarterPrompts } from '../prompt/prompts.ts';
import { createModelServer } from '../server/server.ts';
import { readSettings } from '../settings/settings.ts';
import { createUpdates } from '../updates/updates.ts';
import type { WritingContext } from '../writing/context.ts';
import { recoverPages } from '../writing/continue-page.ts';
import { createLiveContinuations } from '../writing/live-continuation.ts';
import { startPageTrash } from '../writing/page-trash.ts';
import type { Application, ApplicationOptions } from './application-options.ts';
import { createDeletionClock } from './deletion-clock.ts';
import { openDocuments } from './documents.ts';
import { limitYoungGeneration } from './heap-limit.ts';
import { createMcpRoute } from './mcp-route.ts';
import { openMeasurementServices } from './measurement-services.ts';
import { recoverWork } from './recover-work.ts';

export type { Application, ApplicationModels, ApplicationOptions } from './application-options.ts';

/**
 * Opens the data folder and assembles the application. Answers that a dead process left unfinished become `interrupted`
 * and keep their text. Throws one Failure that names the obstacle, and leaves nothing open: `data-folder-not-writable`,
 * `disk-full`, `database-newer`, `database-damaged`, `migration-changed`, ….
 */
export async function createApplication(options: ApplicationOptions): Promise<Application> {
	limitYoungGeneration();
	requireAddressSpace();
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
	// A separate thread: a search while the user types does not wait for other reads.
	const searchReader = createReader(path, readerEntry);
	const cutoff = () => backupCutoff(database, clock());
	const backups = scheduleBackups({ database, path, folder: backupsFolder, readerEntry, clock, log, cutoff });
	try {
		const interrupted = recoverWork(database, clock());
		if (interrupted !== null)
			log(`the last end interrupted ${interrupted.answers} answers and ${interrupted.runs} runs`);
		recoverPages(database, clock());
		if (finishInterruptedImport(database) === 'abandoned')
			log('exchange: an import did not end; what had come in is taken back');
		const deletionClock = createDeletionClock(clock, lastRecordedAt(database));
		deleteExpiredActivity(database, deletionClock());
		return await compose(
			{ ...options, clock, deletionClock, logTail },
			{ database, path, notice, interrupted, unchecked, reader, searchReader, backups },
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
	readonly interrupted: Status['interrupted'];
	/** Whether the database still has to be checked, while it is in use. */
	readonly unchecked: boolean;
	readonly reader: Reader;
	readonly searchReader: Reader;
	readonly backups: BackupSchedule;
}

async function compose(
	options: ApplicationOptions & {
		readonly clock: () => number;
		readonly deletionClock: () => number;
		readonly logTail: LogTail;
	},
	storage: Storage,
): Promise<Application> {
	const { dataFolder, host, version, clock, deletionClock, logTail } = options;
	const { log } = logTail;
	const readerEntry = options.readerEntry ?? defaultReaderEntry;
	const { database, path, reader, backups } = storage;
	let { notice } = storage;
	const events = createEventBus((error) => log(`events: a listener failed: ${String(error)}`));
	const settings = () => readSettings(database);
	const exclusive = createExclusiveAccess();
	const os = implementContract(log, exclusive.refusal);
	const stopActivity = recordEvents({ database, events, clock, modelName: (id) => modelName(database, id) });
	const clearer = createLogClearer({ database, events, clock });
	clearer.sweep(true).catch((error: unknown) => log(`activity: ${String(error)}`));
	const jobs = createJobs({ events, clock, log });
	const seam = {
		database,
		events,
		jobs,
		dataFolder,
		clock,
		log,
		staysOpen: host !== 'cli',
		networkBlocked: () => settings().networkBlocked,
		hubUrl: () => settings().hubUrl,
	};
	const { library, handlers } = await options.models(seam, os);
	const unguard = blockNetwork({
		isBlocked: () => settings().networkBlocked,
		onRefused: (host) =>
			events.publish({
				type: 'network-request',
				at: clock(),
				host,
				bytes: 0,
				purpose: 'an unknown purpose',
				outcome: 'refused: the network is blocked',
			}),
	});
	const answers = createLiveAnswers();
	const mcp = createMcpRoute({ client: () => client, version, log });
	const server = createModelServer(
		{
			database,
			events,
			library,
			settings,
			clock,
			log,
			deletionClock,
			openSession: options.openSession ?? openMeasurement,
			async checkSchema(schema, output) {
				const scorer = { kind: 'json', schema: { ...schema }, allowFence: false } as const;
				const { value, explanation } = await measuring.scoring.score(scorer, {
					sample: { input: '', target: null, choices: null, variables: {}, metadata: {} },
					...{ output, answer: null, detail: null },
				});
				return value === 1 ? null : (explanation ?? 'the check took too long');
			},
		},
		mcp,
	);
	/** A host that passes the code of one worker has the others next to it. */
	const program = (name: string): Partial<ParserProgram> => ({
		nodeBinary: options.nodeBinary,
		...(options.readerEntry === undefined ? {} : { entry: new URL(`${name}.js`, options.readerEntry) }),
	});
	const readingPool = createReadingPool(program('reading-worker'));
	/** Filled below, in this order: what changes least comes first. */
	const contextSources: ContextSource[] = [];
	// A separate worker: a program that a model wrote must not wait until a run is scored.
	const sandbox = createScoringWorker(program('scoring-worker').entry, undefined, options.nodeBinary);
	const tools = createTools({
		database,
		events,
		dataFolder,
		program: program('server-process-worker'),
		networkBlocked: () => settings().networkBlocked,
		async countTokens(texts) {
			const model = library.defaultModelFile();
			const engine = model === null ? null : library.loaded(model.id);
			if (engine === null) return null;
			return await Promise.all(texts.map(async (text) => (await engine.tokenize(text)).length));
		},
		runScript: sandbox.run,
		// Documents open later; no tool is called before.
		searchDocuments: (query, count, signal) => searchForTool(documents.context, query, count, signal),
		clock,
		log,
	});
	const conversation: ConversationContext = {
		contextBuilder: createContextBuilder(contextSources, log),
		database,
		events,
		models: library,
		answers,
		settings,
		clock,
		log,
		readingPool,
		tools,
	};
	const writing: WritingContext = {
		database,
		events,
		models: library,
		live: createLiveContinuations(),
		settings,
		clock,
		log,
	};
	/** Measurements wait while a model writes for a person. */
	const answering = (): boolean => answers.isWriting() || server.isAnswering() || writing.live.running().length > 0;
	const pageTrash = startPageTrash(writing, deletionClock);
	const staging = createStaging(join(dataFolder, 'exchange'), () => performance.now());
	const trash = startTrashRetention(conversation, {
		reader,
		backups,
		statesFolder: join(dataFolder, statesFolderName),
		staging,
		deletionClock,
	});
	const importExport = createImportExport({
		database,
		databasePath: path,
		jobs,
		staging,
		events,
		clock,
		program: { entry: defaultImportExportEntry, ...program('import-export-worker') },
		answering,
		onAbandoned: () => {
			trash.empty([], { backups: false }).catch((error: unknown) => log(`exchange: ${String(error)}`));
		},
	});
	const measuring = openMeasurementServices({
		database,
		databasePath: path,
		reader,
		events,
		library,
		jobs,
		staging,
		dataFolder,
		clock,
		log,
		answering,
		readerEntry: options.readerEntry,
		nodeBinary: options.nodeBinary,
		program,
		// Runs use the same sources as chat, so that they measure what people get.
		contextSources,
		native: options.native,
		openSession: options.openSession,
		openTraining: options.openTraining,
	});
	const { datasets } = measuring;
	const titles = followTitles(conversation, measuring.lane);
	const proposals = followMessages(conversation, measuring.lane);
	const documents = openDocuments({
		...{ database, databasePath: path, reader, events, library, jobs, settings, clock, log, deletionClock, program },
		answering,
		measuring: () => measuring.lane.holder() !== null,
		modelsFolder: join(dataFolder, 'models'),
		native: options.native ?? runNativeTask,
		network: {
			isBlocked: () => settings().networkBlocked,
			report: (record) => events.publish({ type: 'network-request', at: clock(), ...record }),
		},
		watches: host !== 'cli',
		searchEntry: program('search-worker').entry,
		watchEntry: program('watch-worker').entry,
	});
	const memory = { database, events, settings, clock, log };
	const factTrash = startFactTrash(memory, { statesFolder: join(dataFolder, statesFolderName), deletionClock });
	const factVectors = host === 'cli' ? null : followFacts({ ...memory, library, answering }, measuring.lane);
	const summaries = createConversationSummaries(conversation, measuring.lane, {
		answering,
		embedPast: (messageIds, signal) => embedPast(documents.context, messageIds, signal),
	});
	summaries.start();
	contextSources.push(
		createMemorySource(createFactLibrary(memory, createFactVectors({ database, library, settings }))),
		createSummarySource(summaries),
		createPastSource(createConversationPast(documents.context)),
		createDocumentSource(createDocumentLibrary(documents.context)),
	);
	const feedback = { database, events, settings, clock };
	const prompts = {
		database,
		events,
		clock,
		runsWith: (versionIds: readonly number[]) => runsWithPromptVersions(database, versionIds),
	};
	addStarterPrompts(prompts);
	const stopSignals = listenForSignals(feedback);
	const updates = await createUpdates({
		options: options.updates ?? {
			elsewhere: said`This build doesn’t check for updates. Get them where you got Assay.`,
		},
		currentVersion: version,
		folder: join(dataFolder, 'updates'),
		network: {
			isBlocked: () => settings().networkBlocked,
			report: (record) => events.publish({ type: 'network-request', at: clock(), ...record }),
		},
		checksByItself: () => settings().updateChecks,
		onStatus: (status) => events.publish({ type: 'update', status }),
		clock,
		log,
	});
	const status = (): Status => ({
		engineBuild: library.engineBuild(),
		networkBlocked: settings().networkBlocked,
		notice: notice === null ? null : { ...notice, next: [...notice.next] },
		interrupted: storage.interrupted,
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
		trash: {
			...trash,
			async empty(ids, options) {
				// The trash as a whole also holds requests of other programs.
				if (ids === null) await server.requests.emptyTrash();
				return await trash.empty(ids, options);
			},
		},
		search: { reader: storage.searchReader, clock },
		importExport,
		...measuring,
		prompts,
		jobs,
		models: handlers,
		tools,
		updates,
		server: { server, mcpCommand: options.mcpCommand ?? ['assay', 'mcp'] },
		summaries,
		writing,
		pageTrash,
		documents: {
			documents: documents.context,
			trash: documents.trash,
			embeddingModel: documents.embeddingModel,
			backups,
			staging,
		},
		memory: { facts: memory, trash: factTrash, backups },
		settings: { database, events, clock, publishStatus },
		activity: { reader, clearer, clock },
		system: {
			databasePath: path,
			reader,
			events,
			clock,
			dataFolder,
			version,
			status,
			hello: { assayVersion: version, host, capabilities: [...(options.capabilities ?? [])], dataFolder },
			firstRun: () => library.count() === 0 && !hasConversations(database),
			engine: () => library.engine(),
			models: () => library.all(),
			modelsWithOwnEngine: () =>
				library.all().flatMap(({ id, name }) => (library.options(id).engine === 'node-llama-cpp' ? [name] : [])),
			defaultModel: () => library.defaultModelFile(),
			lastBackupAt: () => backups.list()[0]?.createdAt ?? null,
			examineProgram: options.examineProgram ?? null,
			updateStatus: updates.status,
			updateChecks: () => settings().updateChecks,
		},
		data: {
			dataFolder,
			databasePath: path,
			readerEntry,
			nodeBinary: options.nodeBinary,
			reader,
			backups,
			events,
			clock,
			settings,
			library,
			migrationsFolder: options.migrationsFolder ?? defaultMigrationsFolder,
			exclusive,
			logLines: logTail.lines,
			async rest() {
				const reason = exclusive.refusal([]) ?? new Error('other data takes the place of these');
				const held = Promise.all([trash, pageTrash, factTrash, documents.trash].map(({ hold }) => hold(reason)));
				let storeRequests = (): void => {};
				const goOn = async (): Promise<void> => {
					storeRequests();
					for (const release of await held) release();
				};
				try {
					await measuring.pause();
					await jobs.close();
					await stopAnswers();
					await datasets.settle();
					await library.unloadAll();
					await held;
					// Last, so that it stores requests that ended with their models.
					storeRequests = server.requests.hold();
				} catch (error) {
					await goOn();
					throw error;
				}
				return goOn;
			},
			onReplaced(message) {
				forgetBranchPath(database);
				server.requests.onReplaced();
				recoverInterrupted(database, clock());
				recoverPages(database, clock());
				finishInterruptedImport(database);
				pauseAbandonedRuns(database);
				pauseAbandonedTrainings(database);
				datasets.recover();
				documents.onReplaced();
				notice = spoken({ message, next: [said`To go back, restore that backup in Settings, Data`] });
				events.publish({ type: 'settings-changed' });
				events.publish({ type: 'data-replaced' });
				publishStatus();
			},
		},
	});

	const client = createRouterClient(router);
	async function stopAnswers(why?: 'closing'): Promise<void> {
		const live = answers.all();
		for (const answer of live) answer.stop(why);
		const written = writing.live.running();
		for (const text of written) text.stop();
		await Promise.all([...live, ...written].map(({ ended }) => ended));
	}
	if (host !== 'cli') void server.resume();
	/** Ends one part after the other, in an order in which none needs one that has ended. */
	async function close(): Promise<void> {
		const ends: readonly (() => unknown)[] = [
			() => server.close(),
			() => titles.close(),
			() => summaries.close(),
			() => proposals.close(),
			() => factVectors?.close(),
			() => documents.stop(),
			() => measuring.pause(),
			() => jobs.close(),
			() => documents.close(),
			() => measuring.close(),
			() => importExport.close(),
			() => staging.close(),
			() => stopAnswers('closing'),
			() => tools.close(),
			() => sandbox.close(),
			() => library.close(),
			() => readingPool.close(),
			() => updates.close(),
			unguard,
			() => trash.stop(),
			() => pageTrash.stop(),
			() => factTrash.stop(),
			stopSignals,
			stopActivity,
			() => clearer.stop(),
		];
		for (const end of ends) {
			try {
				await end();
			} catch (error) {
				// Left undone, the rest would keep processes running and the database open.
				log(`a part did not close: ${error instanceof Error ? error.message : String(error)}`);
			}
		}
		await closeStorage(storage);
	}
	let closing: Promise<void> | null = null;
	return {
		router,
		client,
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
}: Omit<Storage, 'path' | 'notice' | 'interrupted' | 'unchecked'>): Promise<void> {
	await backups.stop();
	await Promise.all([reader.close(), searchReader.close()]);
	closeDatabase(database);
}
