import { Failure } from '../../models/contract/failure.ts';
import { said } from '../../models/contract/said.ts';
import { sha256OfFile } from '../../models/file-hash.ts';
import { readText } from '../../models/native/perplexity/read-text.ts';
import type { FileFigures } from '../contract/comparison/file-figures.ts';
import type {
	Comparison,
	ComparisonEstimate,
	ComparisonManifest,
	ComparisonPlan,
	ComparisonPreset,
	ComparisonSummary,
	ComparisonText,
	Extension,
	ExtensionRoom,
	PresetFiles,
	SideBySide,
} from '../contract/comparison/schema.ts';
import { readPromptLengths } from '../conversation/store/generations.ts';
import { unpackTexts } from './bundled-texts.ts';
import type { ComparisonContext } from './context.ts';
import { removeAbandonedStores, removeStores } from './distribution-stores.ts';
import { estimateComparison, estimateRest, secondsLeftOf } from './estimate.ts';
import { type ExportFormat, exportComparison } from './export.ts';
import { parseExport } from './export-parser.ts';
import { dropCandidate, extendComparison, findExtensionRoom } from './extend.ts';
import { createFigureReader } from './file-figures.ts';
import { listSummaries } from './list.ts';
import { manifestOf } from './manifest.ts';
import { addBitsPerWeight, planAgain, planComparison, planGuide, requireAdapters } from './plan.ts';
import { planTask, taskFiles } from './plan-task.ts';
import { planPresets } from './presets.ts';
import { lengthsToMeasure, type PromptLength } from './prompt-lengths.ts';
import { runComparison } from './run.ts';
import { findSideBySide } from './side-by-side.ts';
import type { StepsEstimate } from './step-durations.ts';
import {
	candidatesOf,
	getComparison,
	insertComparison,
	insertImported,
	measurementsOf,
	pauseAbandonedComparisons,
	removeComparison,
	setStatus,
} from './store.ts';
import { candidatesLeft, promptLengthsOf, subjectOf } from './subject.ts';
import { type StepProgress, viewOf } from './view.ts';

/** Comparisons of quantisations: plans them, measures them one after the other in the background, and stores them. */
export interface Comparisons {
	/** Newest first, without measurements. */
	list(): readonly ComparisonSummary[];
	/** Throws Failure `comparison-unknown`. */
	get(id: number): Comparison;
	texts(): readonly ComparisonText[];
	/** What comparisons and runs have measured of the library's files. */
	figures(): readonly FileFigures[];
	/** The duration estimate of a plan. */
	estimate(plan: ComparisonPlan): Promise<ComparisonEstimate>;
	/** Quick, normal and thorough plans for these files. */
	presets(files: PresetFiles): Promise<readonly ComparisonPreset[]>;
	/** Throws the Failure of a plan that can't be measured. */
	start(plan: ComparisonPlan): Promise<Comparison>;
	/** Resolves once nothing is being measured for it. */
	pause(id: number): Promise<Comparison>;
	/** Measures what is still missing, also after a failure. Throws a Failure if an adapter that it needs is gone. */
	resume(id: number): Promise<Comparison>;
	remove(id: number): Promise<void>;
	/** How much further it can be extended. */
	room(id: number): Promise<ExtensionRoom>;
	/** Measures a finished comparison on more data; throws the Failure of what can't be measured. */
	extend(growth: Extension): Promise<Comparison>;
	drop(choice: { id: number; candidateId: number; dropped: boolean }): Comparison;
	/** Runs the same plan again. */
	again(id: number): Promise<Comparison>;
	manifest(id: number): Promise<ComparisonManifest>;
	/** Exports to a file; computes the hashes of model files that have none. */
	export(id: number, format: ExportFormat): Promise<{ readonly fileName: string; readonly text: string }>;
	/** Imports an export of another computer. Throws the Failure of a file that is not a valid export. */
	import(text: string): Promise<Comparison>;
	/** Puts it side by side with a comparison of the same files from another computer; null: the newest one. */
	sideBySide(id: number, otherId: number | null): SideBySide;
	/** Pauses everything. */
	close(): Promise<void>;
}

/** Minimum time between two progress reports of one comparison, ms. */
const reportMs = 200;

interface Running {
	readonly abort: AbortController;
	ended: Promise<void>;
	now: StepProgress | null;
	/** When the present step, or the present wait, began; ms of performance.now(). */
	since: number;
	/** The estimate after `done` steps, cached: it changes with each step, and pages ask five times a second. */
	left: { readonly done: number; readonly estimate: StepsEstimate } | null;
}

export function createComparisons(context: ComparisonContext): Comparisons {
	const { database, events } = context;
	const running = new Map<number, Running>();
	const figureReader = createFigureReader(database);
	pauseAbandonedComparisons(database);
	const swept = removeAbandonedStores(context.storesFolder, database).catch((error: unknown) =>
		context.log(`comparison: ${String(error)}`),
	);

	const changed = (id: number): void => events.publish({ type: 'comparison-changed', comparisonId: id });
	function view(id: number): Comparison {
		const entry = running.get(id);
		const found = viewOf(database, id, entry?.now ?? null);
		const { done, total, importedFrom } = found;
		if (done === total || importedFrom !== null) return found;
		const known = entry?.left?.done === done ? entry.left.estimate : null;
		const estimate = known ?? estimateRest(context, id);
		if (entry !== undefined) entry.left = { done, estimate };
		const now = entry?.now;
		const measuring =
			now == null || now.waiting === true
				? null
				: { share: now.share, elapsedMs: performance.now() - (entry?.since ?? 0) };
		return {
			...found,
			secondsLeft: secondsLeftOf(estimate, measuring),
			secondsLeftLearned: estimate.learned,
		};
	}

	function begin(id: number, whenQuiet = false): void {
		const abort = new AbortController();
		let reportedAt = Number.NEGATIVE_INFINITY;
		const entry: Running = { abort, now: null, since: 0, left: null, ended: Promise.resolve() };
		const work = async (): Promise<void> => {
			await swept;
			if (!abort.signal.aborted) {
				await predictSizes(id);
				await runComparison(context, id, {
					signal: abort.signal,
					whenQuiet,
					now(now) {
						const fresh = String(entry.now?.doing) !== String(now.doing);
						if (fresh) entry.since = performance.now();
						entry.now = now;
						if (!fresh && performance.now() - reportedAt < reportMs) return;
						reportedAt = performance.now();
						changed(id);
					},
				});
			}
			// If it was paused while it waited and then resumed, it has another entry by now.
			if (running.get(id) === entry) running.delete(id);
			changed(id);
		};
		entry.ended = context.lane(work, said`a comparison`);
		running.set(id, entry);
	}

	/** Reads the sizes that files to quantise will have, for the time left. */
	async function predictSizes(id: number): Promise<void> {
		const candidates = candidatesOf(database, id);
		const [reference] = candidates;
		// A reference that can't be read fails its first step, with the reason.
		if (reference !== undefined && candidates.some(({ sizeBytes }) => sizeBytes === null)) {
			await context.sizes.of(reference.path).catch(() => []);
		}
	}

	async function halt(id: number): Promise<void> {
		const entry = running.get(id);
		entry?.abort.abort(new Error('paused'));
		// A comparison that waits in the queue has no need to wait for the one ahead of it.
		if (entry !== undefined && getComparison(database, id).status !== 'waiting') await entry.ended;
		running.delete(id);
	}

	async function start(plan: ComparisonPlan, felt: readonly PromptLength[]): Promise<Comparison> {
		const imatrix = await planGuide(context, plan);
		const { title, candidates: files, texts } = planComparison(context, plan, imatrix);
		const candidates = await addBitsPerWeight(files);
		// Otherwise a wrong path stops the comparison only after minutes, and it can't be corrected then.
		for (const { path } of texts) await readText(path);
		const asked = { there: taskFiles(candidates), total: candidates.length, threads: plan.threads };
		const task = plan.task === null ? null : await planTask(context, plan.task, asked);
		const tools = plan.tools === null ? null : await planTask(context, plan.tools, asked, 'tools');
		const planned = { title, plan, task, tools, imatrixSource: imatrix, felt, createdAt: context.clock() };
		const id = insertComparison(database, planned, candidates, texts);
		begin(id);
		changed(id);
		return view(id);
	}

	return {
		list: () => listSummaries(database),
		get: view,
		figures: figureReader.read,
		texts: () => unpackTexts(context.textsFolder),
		estimate: (plan) => estimateComparison(context, plan),
		presets: (files) =>
			planPresets(files, unpackTexts(context.textsFolder), (plan) => estimateComparison(context, plan)),
		start: (plan) => start(plan, plan.felt ? lengthsToMeasure(readPromptLengths(database)) : []),
		again: (id) => start(planAgain(view(id)), promptLengthsOf(getComparison(database, id))),
		room: (id) => findExtensionRoom(context, id),
		async extend(growth) {
			await extendComparison(context, growth);
			begin(growth.id, growth.speed === true);
			changed(growth.id);
			return view(growth.id);
		},
		drop({ id, candidateId, dropped }) {
			dropCandidate(context, id, candidateId, dropped);
			changed(id);
			return view(id);
		},
		manifest: async (id) => manifestOf(await addHashes(context, view(id))),
		async pause(id) {
			getComparison(database, id);
			await halt(id);
			const { status } = getComparison(database, id);
			if (status === 'waiting' || status === 'running') setStatus(database, id, 'paused');
			changed(id);
			return view(id);
		},
		async resume(id) {
			const { status } = getComparison(database, id);
			if (running.has(id)) return view(id);
			if (status === 'done') {
				throw new Failure({
					code: 'comparison-done',
					message: said`This comparison is complete, so there is nothing to resume.`,
					next: [said`Run it again`, said`Measure more text or samples`],
				});
			}
			await requireAdapters(database, candidatesLeft(subjectOf(database, id), measurementsOf(database, id)));
			// It was resumed twice at once.
			if (running.has(id)) return view(id);
			setStatus(database, id, 'waiting');
			begin(id);
			changed(id);
			return view(id);
		},
		async remove(id) {
			getComparison(database, id);
			await halt(id);
			removeComparison(database, id);
			await removeStores(context.storesFolder, id);
			changed(id);
		},
		async export(id, format) {
			return exportComparison(format === 'json' ? await addHashes(context, view(id)) : view(id), format);
		},
		async import(text) {
			const kept = await parseExport(text, context.parsers);
			const id = insertImported(database, { ...kept, ...kept.plan }, JSON.stringify(kept));
			changed(id);
			return view(id);
		},
		sideBySide: (id, otherId) => findSideBySide(database, view, id, otherId),
		async close() {
			await Promise.all([...running.keys()].map(halt));
			await context.parsers?.close();
			await swept;
		},
	};
}

/** Adds the hash of every file that still exists: the library computes them in the background and may not be done. */
async function addHashes({ library }: Pick<ComparisonContext, 'library'>, comparison: Comparison): Promise<Comparison> {
	const rows = [];
	for (const row of comparison.rows) {
		const { modelFileId } = row;
		const open = row.sha256 === null && modelFileId !== null;
		// A file that can't be read any more just stays unknown to the other computer.
		const sha256 = open ? await sha256OfFile(library.modelFile(modelFileId).path).catch(() => null) : row.sha256;
		rows.push({ ...row, sha256 });
	}
	return { ...comparison, rows };
}
