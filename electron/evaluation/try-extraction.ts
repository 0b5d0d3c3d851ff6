import { spoken } from '../../models/contract/said.ts';
import type { ExtractionTrial, Technique, TrialSource } from '../contract/evaluation/technique.ts';
import { readSamplesById } from '../dataset/read-version.ts';
import { versionsOf } from '../dataset/store/versions.ts';
import { labelsOf } from './arm-labels.ts';
import type { EvaluationContext } from './context.ts';
import { manifestOf } from './run-view.ts';
import { getRun } from './store/runs.ts';

/**
 * Maximum number of listed arms, and outputs of each that a rule is tried on: enough to see how often it finds nothing.
 */
const mostArms = 8;
const mostTried = 100;

/** Number of rows shown, and how much of the end of each output: that is where answers are. */
const shownRows = 6;
const shownLength = 600;

type Readers = Pick<EvaluationContext, 'database' | 'reader' | 'scoring'>;
type TrialArm = ExtractionTrial['arms'][number];
type TrialRow = ExtractionTrial['rows'][number];

interface Arm {
	readonly runId: number;
	readonly armId: number;
	readonly position: number;
}

/**
 * Tries the technique's extraction rule on outputs of the dataset's newest runs, arm by arm, and returns rows of the
 * requested arm. An arm whose outputs are gone counts as not requested. Throws Failure `pattern-invalid`.
 */
export async function tryExtraction(
	context: Readers,
	datasetId: number,
	technique: Technique,
	wanted: TrialSource = null,
	signal?: AbortSignal,
): Promise<ExtractionTrial> {
	// An invalid rule is reported even without any outputs.
	await context.scoring.read(technique, ['']);
	const arms: TrialArm[] = [];
	const rows: TrialRow[] = [];
	for (const arm of await armsOf(context.reader, versionsOf(context.database, datasetId), technique, signal)) {
		const run = getRun(context.database, arm.runId);
		const tried = await rowsOf(context, arm, run.datasetVersionId, technique, signal);
		const label = labelsOf(manifestOf(run))[arm.position] ?? '';
		const found = tried.filter(({ answer }) => answer !== null).length;
		arms.push({
			armId: arm.armId,
			run: { id: run.id, name: run.name },
			...spoken({ label }),
			tried: tried.length,
			found,
		});
		rows.push(...tried);
	}
	const source = wanted === 'all' || arms.some(({ armId }) => armId === wanted) ? wanted : (arms[0]?.armId ?? null);
	return { arms, source, rows: shownOf(rows.filter(({ armId }) => source === 'all' || armId === source)) };
}

/** Puts rows without an answer first: they are what the user looks for. */
function shownOf(rows: readonly TrialRow[]): TrialRow[] {
	const without = rows.filter(({ answer }) => answer === null);
	const withAnswer = rows.filter(({ answer }) => answer !== null);
	return [...without.slice(0, shownRows / 2), ...withAnswer].slice(0, shownRows);
}

async function rowsOf(
	{ database, reader, scoring }: Readers,
	{ runId, armId }: Arm,
	versionId: number,
	technique: Technique,
	signal: AbortSignal | undefined,
): Promise<readonly TrialRow[]> {
	const outputs = await reader.all<{ key: string; sampleId: number; target: string | null; output: string }>(
		`SELECT s.key, s.sample_id AS sampleId, s.target, o.output FROM eval_results r
		 JOIN eval_outputs o ON o.id = r.output_id
		 JOIN eval_samples s ON s.run_id = :runId AND s.position = r.position
		 WHERE r.arm_id = :armId AND r.epoch = 0 AND r.status = 'done' ORDER BY r.position LIMIT :mostTried`,
		{ runId, armId, mostTried },
		signal,
	);
	const ids = outputs.map(({ sampleId }) => sampleId);
	const choices = lettersAreSought(technique)
		? readSamplesById(database, versionId, ids).map((sample) => sample.choices)
		: [];
	const rows: TrialRow[] = [];
	for (const [index, { key, target, output }] of outputs.entries()) {
		signal?.throwIfAborted();
		const { answer } = await scoring.read(technique, [output], choices[index] ?? null);
		const shown = output.length > shownLength ? `…${output.slice(-shownLength)}` : output;
		rows.push({ armId, key, target, output: shown, answer });
	}
	return rows;
}

function lettersAreSought(technique: Technique): boolean {
	return technique.kind === 'choice-letter' || ('extract' in technique && technique.extract.kind === 'letter');
}

/** The newest arms with outputs; those with the same use of reasoning as `technique` come first. */
function armsOf(
	reader: EvaluationContext['reader'],
	versions: ReturnType<typeof versionsOf>,
	{ kind }: Technique,
	signal: AbortSignal | undefined,
): Promise<readonly Arm[]> {
	const thinks = kind === 'chain-of-thought' || kind === 'self-consistency';
	return reader.all<Arm>(
		`SELECT a.run_id AS runId, a.id AS armId, a.position FROM eval_arms a JOIN eval_runs e ON e.id = a.run_id
		 WHERE e.dataset_version_id IN (SELECT value FROM json_each(:versions)) AND e.deleted_at IS NULL
		 AND a.technique ->> 'kind' <> 'choice-likelihood'
		 AND EXISTS (SELECT 1 FROM eval_results WHERE arm_id = a.id AND status = 'done')
		 ORDER BY (a.technique ->> 'kind' IN ('chain-of-thought', 'self-consistency')) = :thinks DESC,
		 e.created_at DESC, e.id DESC, a.position LIMIT :mostArms`,
		{ versions: JSON.stringify(versions.map(({ id }) => id)), thinks: Number(thinks), mostArms },
		signal,
	);
}
