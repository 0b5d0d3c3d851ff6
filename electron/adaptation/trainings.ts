import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { Failure } from '../../models/contract/failure.ts';
import { said } from '../../models/contract/said.ts';
import { sha256OfFile } from '../../models/file-hash.ts';
import { getLiveCollection } from '../context/retrieval/store.ts';
import type {
	TrainingCheck,
	TrainingConfig,
	TrainingExportFormat,
	TrainingPoint,
	TrainingRun,
	TrainingSummary,
} from '../contract/adaptation/schema.ts';
import { getDataset } from '../dataset/store/datasets.ts';
import { getVersion } from '../dataset/store/versions.ts';
import { getAdapterRow } from '../library/adapters/adapters.ts';
import { readLoadSettings, writeLoadSettings } from '../library/load-settings.ts';
import { setDefaultModelFile } from '../library/store/model-files.ts';
import { compareTraining } from './compare.ts';
import type { AdaptationContext } from './context.ts';
import type { DividedSamples } from './divide-samples.ts';
import { exportTraining, type TrainingExport } from './export/export-training.ts';
import { freezeDataset } from './freeze-dataset.ts';
import {
	chooseAsked,
	type PreparedRun,
	prepareRun,
	removeAbandonedChecks,
	settingsWarnings,
	threadsOf,
} from './prepare-run.ts';
import {
	getTraining,
	insertTraining,
	lastPoint,
	listTrainings,
	pauseAbandonedTrainings,
	readPoints,
	removeTraining,
	renameTraining,
	setTrainingStatus,
} from './store.ts';
import { runFolder, type TrainingControl, type TrainingNow, trainRun, writeData } from './train.ts';
import { trainingSummary, trainingView } from './view.ts';

/** Fine-tuning on this computer: checks what to learn from, trains one run at a time in the background, and compares. */
export interface Trainings {
	/** Reads the samples and says what they are like. Trains nothing. */
	check(config: TrainingConfig, signal?: AbortSignal): Promise<TrainingCheck>;
	/** Throws the Failure of a config that can't be trained. */
	start(config: TrainingConfig, signal?: AbortSignal): Promise<TrainingRun>;
	/** Newest first. */
	list(): readonly TrainingSummary[];
	/** Every function on one run throws Failure `training-unknown`. */
	get(id: number): Promise<TrainingRun>;
	/** The loss curve after a step. */
	points(id: number, after: number): { points: TrainingPoint[]; last: number };
	rename(id: number, name: string): TrainingSummary;
	/** Resolves once nothing is being computed for it. */
	pause(id: number): Promise<TrainingRun>;
	/** Continues from the last checkpoint, also after a failure. */
	resume(id: number): Promise<TrainingRun>;
	/** Ends it; the best weights so far become its adapter. */
	stop(id: number): Promise<TrainingRun>;
	remove(id: number): Promise<void>;
	/** Measures base and adapter; `datasetIds` null: the person's own datasets besides the held-out samples. */
	compare(id: number, datasetIds: readonly number[] | null): Promise<TrainingRun>;
	/** New answers of the base use the adapter, and the base becomes the default model. Throws Failure `training-not-compared`. */
	use(id: number): Promise<TrainingRun>;
	export(config: TrainingConfig, order: { format: TrainingExportFormat; folder: string }): Promise<TrainingExport>;
	/** Pauses everything. */
	close(): Promise<void>;
}

/** Minimum time between two reports on one run's points, ms. */
const reportMs = 250;

/** A step in progress may end before the process is ended at the end of the application, ms. */
const closingMs = 3_000;

/** Points of one answer; a longer curve is fetched in several. */
const pointsAtOnce = 5_000;

interface Entry {
	readonly abort: AbortController;
	readonly control: TrainingControl;
	ended: Promise<void>;
	hasStarted: boolean;
	now: TrainingNow | null;
	later: NodeJS.Timeout | null;
}

export function createTrainings(context: AdaptationContext): Trainings {
	const { database, events, clock, lane } = context;
	const entries = new Map<number, Entry>();
	pauseAbandonedTrainings(database);
	removeAbandonedChecks(context);

	const changed = (runId: number, change: 'points' | 'status'): void =>
		events.publish({ type: 'training-changed', runId, change });

	function nowOf(id: number): TrainingNow | null {
		const entry = entries.get(id);
		if (entry === undefined) return null;
		if (!entry.hasStarted) {
			return { phase: 'waiting', doing: said`Waiting for ${lane.holder() ?? said`its turn`}`, held: false };
		}
		const { now, control } = entry;
		if (!control.isFinishing || now?.phase !== 'training' || now.held) return now;
		// A step may take minutes.
		return { ...now, doing: said`Stopping after this step` };
	}
	const view = (id: number): Promise<TrainingRun> => trainingView(context, id, nowOf(id));

	function begin(id: number): void {
		const abort = new AbortController();
		const entry: Entry = {
			abort,
			ended: Promise.resolve(),
			hasStarted: false,
			now: null,
			later: null,
			control: {
				signal: abort.signal,
				session: null,
				isFinishing: false,
				now(now) {
					const isSame = entry.now?.phase === now.phase && entry.now.held === now.held;
					entry.now = now;
					if (isSame) entry.control.points();
					else changed(id, 'status');
				},
				points() {
					entry.later ??= setTimeout(() => {
						entry.later = null;
						changed(id, 'points');
					}, reportMs);
				},
			},
		};
		entries.set(id, entry);
		setTrainingStatus(database, id, 'waiting');
		entry.ended = lane(
			async () => {
				if (abort.signal.aborted) return;
				entry.hasStarted = true;
				await trainRun(context, id, entry.control);
				if (entry.later !== null) clearTimeout(entry.later);
				// If it was paused while it waited and then resumed, it has another entry by now.
				if (entries.get(id) === entry) entries.delete(id);
				changed(id, 'status');
			},
			said`the training “${getTraining(database, id).name}”`,
		);
		changed(id, 'status');
	}

	async function halt(id: number): Promise<void> {
		const entry = entries.get(id);
		if (entry === undefined) return;
		entry.abort.abort(new Error('paused'));
		// A run that waits in the queue has no need to wait for the one ahead of it.
		if (entry.hasStarted) await entry.ended;
		else setTrainingStatus(database, id, 'paused');
		if (entries.get(id) === entry) entries.delete(id);
	}

	async function discard(id: number): Promise<void> {
		// A kill in between leaves a run without samples, which can be removed again, rather than samples without a run.
		await rm(runFolder(context, id), { recursive: true, force: true });
		removeTraining(database, id);
	}

	return {
		check: async (config, signal) => (await prepareRun(context, config, signal)).check,
		async start(asked, signal) {
			const first = await prepareRun(context, asked, signal);
			if (first.check.obstacle !== null) throw new Failure(first.check.obstacle);
			const frozen = await freezeDataset(context, asked, first.divided, signal);
			const config = { ...frozen, settings: first.check.settings };
			const prepared = await prepareRun(context, config, signal);
			if (prepared.check.obstacle !== null) throw new Failure(prepared.check.obstacle);
			// The second check starts from settings that the first made smaller.
			const made = first.check.warnings.filter(({ code }) => settingsWarnings.has(code));
			const check = { ...prepared.check, warnings: [...prepared.check.warnings, ...made] };
			const id = await insertRun(context, config, { ...prepared, check }, signal);
			try {
				await writeData(context, id, prepared.text);
			} catch (error) {
				// Without its samples, as on a full disk, there is no run to resume.
				await discard(id);
				throw error;
			}
			begin(id);
			return view(id);
		},
		list: () => listTrainings(database).map((training) => trainingSummary(context, training, nowOf(training.id))),
		get: async (id) => view(id),
		points(id, after) {
			getTraining(database, id);
			const points = [...readPoints(database, id, after, pointsAtOnce)];
			return { points, last: points.at(-1)?.step ?? after };
		},
		rename(id, name) {
			getTraining(database, id);
			renameTraining(database, id, name);
			changed(id, 'status');
			return trainingSummary(context, getTraining(database, id), nowOf(id));
		},
		async pause(id) {
			getTraining(database, id);
			await halt(id);
			changed(id, 'status');
			return view(id);
		},
		async resume(id) {
			const { status } = getTraining(database, id);
			if (entries.has(id)) return view(id);
			if (status === 'done' || status === 'cancelled') throw ended(status);
			begin(id);
			return view(id);
		},
		async stop(id) {
			const { status, adapter } = getTraining(database, id);
			if (status === 'done' || status === 'cancelled') return view(id);
			if (lastPoint(database, id) === null) {
				// Nothing was learned yet.
				await halt(id);
				setTrainingStatus(database, id, 'cancelled', { endedAt: clock() });
				changed(id, 'status');
				return view(id);
			}
			if (!entries.has(id)) begin(id);
			const entry = entries.get(id);
			if (entry !== undefined && adapter === null) {
				entry.control.isFinishing = true;
				entry.control.session?.finish();
			}
			changed(id, 'status');
			return view(id);
		},
		async remove(id) {
			getTraining(database, id);
			const entry = entries.get(id);
			entry?.control.session?.kill(new Error('removed'));
			await halt(id);
			await discard(id);
			changed(id, 'status');
		},
		async compare(id, datasetIds) {
			await compareTraining(context, id, datasetIds);
			changed(id, 'status');
			return view(id);
		},
		async use(id) {
			const run = await view(id);
			const { adapter, base } = run;
			if (run.isCompared && adapter !== null && base.modelFileId !== null) {
				const baseId = base.modelFileId;
				// Removed since: the model could not be loaded with it.
				if (adapter.id !== null) getAdapterRow(database, adapter.id);
				const chosen = { ...readLoadSettings(context, baseId), adapters: [{ path: adapter.path, scale: 1 }] };
				writeLoadSettings(context, baseId, chosen);
				setDefaultModelFile(database, baseId, clock());
				// A model in memory still has the old settings.
				await context.library.unloadAll();
				events.publish({ type: 'models-changed' });
				changed(id, 'status');
				return view(id);
			}
			throw new Failure({
				code: 'training-not-compared',
				message: said`This adapter has not been compared with its base yet, so nothing shows that it is better.`,
				next: [said`Compare it first`],
			});
		},
		export: (config, order) => exportTraining(context, config, order),
		async close() {
			await Promise.all(
				[...entries].map(async ([id, { control }]) => {
					const halted = halt(id);
					const isHalted = await Promise.race([halted.then(() => true), wait(closingMs, false, { ref: false })]);
					if (!isHalted) control.session?.kill(new Error('the application ends'));
					await halted;
				}),
			);
		},
	};
}

function ended(status: 'done' | 'cancelled'): Failure {
	return new Failure({
		code: 'training-ended',
		message:
			status === 'done' ? said`This training is complete.` : said`This training was stopped before its first step.`,
		next: [said`Start a new one`],
	});
}

/** Writes the run with its manifest. Returns its id. */
async function insertRun(
	{ database, library, clock }: AdaptationContext,
	config: TrainingConfig,
	{ divided, sha256, check }: PreparedRun,
	signal?: AbortSignal,
): Promise<number> {
	const model = library.modelFile(config.modelFileId);
	const options = signal === undefined ? {} : { signal };
	const facts = async (id: number) => {
		const file = library.modelFile(id);
		const { name, quantization, architecture, sizeBytes, parameters } = file;
		return {
			name,
			quantization,
			architecture,
			sizeBytes,
			parameters,
			sha256: file.sha256 ?? (await sha256OfFile(file.path, options)),
			chatTemplate: library.chatTemplate(id)?.source ?? null,
		};
	};
	const { data } = config;
	const version = data.kind === 'dataset' && data.versionId !== null ? getVersion(database, data.versionId) : null;
	const dataset = version === null ? null : getDataset(database, version.datasetId);
	const collections =
		data.kind === 'documents' ? data.collectionIds.map((each) => getLiveCollection(database, each).name) : [];
	const manifest = {
		version: 1,
		objective: config.objective,
		base: await facts(config.modelFileId),
		...(config.teacherFileId === null ? {} : { teacher: await facts(config.teacherFileId) }),
		data:
			version === null
				? { ...data, ...(collections.length === 0 ? {} : { collections }) }
				: {
						kind: 'dataset',
						name: dataset?.name ?? '',
						number: version.number,
						sha256: version.sha256,
						...(data.kind === 'dataset' ? { split: data.split, tags: data.tags } : {}),
					},
		samples: { ...check.samples, sha256 },
		settings: config.settings,
		threads: threadsOf(config),
		engine: library.engineBuild(),
	};
	const name = config.name.trim() || `${model.name}: ${dataset?.name ?? (collections.join(', ') || 'texts')}`;
	return insertTraining(database, {
		name: name.slice(0, 200),
		config,
		manifest,
		manifestHash: createHash('sha256').update(JSON.stringify(manifest)).digest('hex'),
		datasetVersionId: version?.id ?? null,
		check,
		createdAt: clock(),
		samples: sampleQuestions(divided),
	});
}

/** The prompts to ask before and after. */
function sampleQuestions(divided: DividedSamples) {
	return chooseAsked(divided).map(({ key, content }) =>
		'text' in content
			? { key, turns: [{ role: 'user' as const, content: content.text.slice(0, 300) }], target: null }
			: { key, turns: [...content.turns], target: content.answer },
	);
}
