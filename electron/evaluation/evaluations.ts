import { Failure } from '../../models/contract/failure.ts';
import { said } from '../../models/contract/said.ts';
import type { ResolvedConfig } from '../contract/evaluation/calls.ts';
import type { ConfigFile } from '../contract/evaluation/config-file.ts';
import type { RunConfig } from '../contract/evaluation/run-config.ts';
import type {
	ChatUse,
	Estimate,
	HandScore,
	HandScoreInput,
	PlanPreview,
	PlanPreviewInput,
	RescoreInput,
	RescorePlan,
	RowDetail,
	RowPage,
	RowsInput,
	Run,
	RunComparison,
	RunSummary,
} from '../contract/evaluation/schema.ts';
import type { ExtractionTrial, Technique, TrialSource } from '../contract/evaluation/technique.ts';
import type { Job } from '../contract/jobs/schema.ts';
import { getVersion, versionsOf } from '../dataset/store/versions.ts';
import { chatUseOf } from './chat-use.ts';
import { compareArms, type SampleScore, sampleScores } from './compare-runs.ts';
import type { EvaluationContext } from './context.ts';
import { estimateRun } from './estimate-run.ts';
import { type ExportOrder, type ExportPiece, exportRun } from './export/export.ts';
import { scoreByHand } from './hand-score.ts';
import { planRescore, startRescore } from './plan-rescore.ts';
import { outlineRun } from './plan-run.ts';
import { previewPlan } from './preview-plan.ts';
import { pauseAbandonedRuns } from './recover-interrupted-runs.ts';
import { readConfigFile, resolveConfigFile } from './resolve-config-file.ts';
import { rowDetail } from './row-detail.ts';
import { rowPage } from './row-page.ts';
import { createRunQueue, type TurnControl } from './run-queue.ts';
import { manifestOf, runView, summaryView } from './run-view.ts';
import { startSelfTest } from './self-test.ts';
import { assertGenerated, repeatRun, startRun } from './start-run.ts';
import { eraseRun, getRun, listRuns, renameRun, setBaselineRun, setDeleted, setRunStatus } from './store/runs.ts';
import { reopenFailedShards } from './store/shards.ts';
import { tryExtraction } from './try-extraction.ts';
import { writeConfigFile } from './write-config-file.ts';

/**
 * Runs of prompts, techniques and models on datasets: plans them, measures them one after the other in the background,
 * and stores them.
 */
export interface Evaluations {
	estimate(config: RunConfig, signal?: AbortSignal): Promise<Estimate>;
	/** Runs as config files for `assay eval run`. */
	readonly configFile: {
		write(config: RunConfig): { fileName: string; text: string };
		/** Messages refer to the text by `name`. Throws Failure `config-invalid`, `config-unreadable`, `parser-died`. */
		read(text: string, name: string): Promise<ResolvedConfig>;
		resolve(file: ConfigFile): ResolvedConfig;
	};
	/** The prompt that a model would get for one sample, including examples. */
	preview(input: PlanPreviewInput, signal?: AbortSignal): Promise<PlanPreview>;
	/**
	 * Tries the technique's extraction rule on the newest outputs of the dataset's runs. Throws Failure
	 * `pattern-invalid`.
	 */
	tryExtraction(
		datasetId: number,
		technique: Technique,
		source?: TrialSource,
		signal?: AbortSignal,
	): Promise<ExtractionTrial>;
	/** Freezes the dataset version, writes the manifest and starts the run. */
	start(config: RunConfig): Promise<Run>;
	/** Like `start`, but does not start measuring: the caller does that with `measure` when it has the lane. */
	create(config: RunConfig): Promise<number>;
	/** Measures the rest of a run now. The caller already holds the lane. Never rejects: the run says how it ended. */
	measure(id: number, control: TurnControl): Promise<void>;
	/** Scores of an arm by sample, in run order. */
	scores(id: number, armId: number, scorer: string): Promise<readonly SampleScore[]>;
	/** Newest first, in pages; the first page also contains every baseline. */
	list(choice?: { trash?: boolean; before?: number | null }): { runs: RunSummary[]; next: number | null };
	/** Every function on one run throws Failure `run-unknown` if there is no such run. */
	get(id: number): Run;
	rename(id: number, name: string): RunSummary;
	rows(input: RowsInput, signal?: AbortSignal): Promise<RowPage>;
	row(arms: readonly number[], position: number, epoch: number): RowDetail;
	/** Stores a person's score of one output; null removes it. Returns the score before. */
	scoreByHand(input: HandScoreInput): { before: HandScore | null };
	/** An arm as conversations can use it. Throws Failure `arm-unknown`. */
	chatUse(armId: number): ChatUse;
	/** Resolves once nothing is being measured for it. */
	pause(id: number): Promise<Run>;
	resume(id: number): Run;
	retry(id: number): Run;
	cancel(id: number): Promise<Run>;
	remove(id: number): Promise<RunSummary>;
	restore(id: number): RunSummary;
	erase(id: number): Promise<void>;
	/** Estimates re-scoring its outputs. Throws what `rescore` throws. */
	planRescore(input: RescoreInput, signal?: AbortSignal): Promise<RescorePlan>;
	/** Creates and starts a new run that re-scores the outputs of this one by other rules. */
	rescore(input: RescoreInput): Promise<Run>;
	repeat(id: number): Promise<Run>;
	selfTest(id: number): Job;
	setBaseline(id: number, baseline: boolean): RunSummary;
	compare(arms: readonly number[], scorer: string | null): Promise<RunComparison>;
	/** Exports in pieces, to be joined in order until `next` is null. */
	export(id: number, order: ExportOrder): ExportPiece;
	/** Pauses everything. */
	close(): Promise<void>;
}

export function createEvaluations(context: EvaluationContext): Evaluations {
	const { database, clock } = context;
	pauseAbandonedRuns(database);
	const queue = createRunQueue(context);
	const view = (id: number): Run => runView(database, id, queue.now(id));
	const summary = (id: number): RunSummary => summaryView(database, getRun(database, id), queue.now(id));

	function begin(id: number): Run {
		setRunStatus(database, id, 'waiting');
		queue.begin(id);
		return view(id);
	}

	async function pause(id: number): Promise<void> {
		getRun(database, id);
		await queue.halt(id);
		const { status } = getRun(database, id);
		if (status === 'waiting' || status === 'running') setRunStatus(database, id, 'paused');
	}

	return {
		estimate: async (config, signal) => estimateRun(context, await outlineRun(context, config, signal)),
		configFile: {
			write: (config) => writeConfigFile(context, config),
			read: (text, name) => readConfigFile(context, text, name),
			resolve: (file) => resolveConfigFile(context, file),
		},
		preview: (input, signal) => previewPlan(context, input, signal),
		tryExtraction: (datasetId, technique, source, signal) =>
			tryExtraction(context, datasetId, technique, source, signal),
		async start(config) {
			return begin(await startRun(context, config));
		},
		create: (config) => startRun(context, config),
		async measure(id, control) {
			await queue.halt(id);
			await queue.runInTurn(id, control);
		},
		scores: (runId, armId, scorer) => sampleScores(context, { armId, runId, scorer, oneRun: true }),
		list({ trash = false, before = null } = {}) {
			const { runs, next } = listRuns(database, { trash, before });
			return { runs: runs.map((run) => summaryView(database, run, queue.now(run.id))), next };
		},
		get: view,
		rename(id, name) {
			getRun(database, id);
			renameRun(database, id, name.trim());
			queue.changed(id, 'facts');
			return summary(id);
		},
		rows: (input, signal) => rowPage(context, input, signal),
		chatUse: (armId) => chatUseOf(context, armId),
		row: (arms, position, epoch) => rowDetail(context, arms, position, epoch),
		scoreByHand(input) {
			const { runId, before } = scoreByHand(context, input);
			queue.changed(runId, 'facts');
			return { before };
		},
		async pause(id) {
			await pause(id);
			queue.changed(id, 'status');
			return view(id);
		},
		resume(id) {
			const { status } = getRun(database, id);
			if (queue.has(id)) return view(id);
			if (status !== 'done') return begin(id);
			throw new Failure({
				code: 'run-done',
				message: said`This run is already measured and scored.`,
				next: [said`Retry failed answers`, said`Rerun it`],
			});
		},
		retry(id) {
			assertGenerated(manifestOf(getRun(database, id)), 'retry');
			if (queue.has(id)) return view(id);
			if (reopenFailedShards(database, id) > 0) return begin(id);
			throw new Failure({
				code: 'run-without-errors',
				message: said`No answer of this run failed.`,
				next: [said`Show samples with a low score instead`],
			});
		},
		async cancel(id) {
			await pause(id);
			if (getRun(database, id).status !== 'done') setRunStatus(database, id, 'cancelled', { endedAt: clock() });
			queue.changed(id, 'status');
			return view(id);
		},
		async remove(id) {
			await pause(id);
			setDeleted(database, id, clock());
			queue.changed(id, 'facts');
			return summary(id);
		},
		restore(id) {
			getRun(database, id);
			setDeleted(database, id, null);
			queue.changed(id, 'facts');
			return summary(id);
		},
		async erase(id) {
			const { deletedAt, status } = getRun(database, id);
			if (deletedAt === null) {
				throw new Failure({
					code: 'run-not-in-trash',
					message: said`Only a run in the trash can be erased.`,
					next: [said`Delete it first`],
				});
			}
			await eraseRun(database, id);
			queue.announce(id, 'facts', status);
		},
		planRescore: (input, signal) => planRescore(context, input, signal),
		async rescore(input) {
			return begin(await startRescore(context, input));
		},
		async repeat(id) {
			return begin(await repeatRun(context, id));
		},
		selfTest(id) {
			assertGenerated(manifestOf(getRun(database, id)), 'self-test');
			return startSelfTest(context, id, () => queue.changed(id, 'facts'));
		},
		setBaseline(id, baseline) {
			const { datasetVersionId } = getRun(database, id);
			const { datasetId } = getVersion(database, datasetVersionId);
			setBaselineRun(
				database,
				id,
				baseline,
				versionsOf(database, datasetId).map((version) => version.id),
			);
			queue.changed(id, 'facts');
			return summary(id);
		},
		compare: (arms, scorer) => compareArms(context, arms, scorer),
		export: (id, order) => exportRun(context, view(id), order),
		close: () => queue.close(),
	};
}
