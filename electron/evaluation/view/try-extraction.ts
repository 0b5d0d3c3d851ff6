import type { ExtractionTrial, Technique } from '../../contract/evaluation/technique.ts';
import { samplesById } from '../../dataset/read-version.ts';
import { versionsOf } from '../../dataset/store/versions.ts';
import { extractAnswer } from '../../prompt/answer/extract.ts';
import type { EvaluationContext } from '../context.ts';
import { getRun } from '../store/runs.ts';
import { labelsOf } from './labels.ts';
import { manifestOf } from './view.ts';

/** Outputs that a rule is tried on: enough to see how often it finds nothing. */
const mostTried = 100;

/** Rows that are shown, and how much of the end of each output: the answer stands there. */
const shownRows = 6;
const shownLength = 600;

interface Source {
	readonly runId: number;
	readonly armId: number;
	readonly position: number;
}

/** What the technique's rule finds in the newest outputs of the dataset's runs. Throws Failure `pattern-invalid`. */
export async function tryExtraction(
	{ database, reader }: Pick<EvaluationContext, 'database' | 'reader'>,
	datasetId: number,
	technique: Technique,
	signal?: AbortSignal,
): Promise<ExtractionTrial> {
	// A rule that is none is said before there are outputs, too.
	extractAnswer(technique, '');
	const source = await sourceOf(reader, versionsOf(database, datasetId), technique, signal);
	if (source === undefined) return { run: null, tried: 0, found: 0, rows: [] };
	const run = getRun(database, source.runId);
	const outputs = await reader.all<{ key: string; sampleId: number; target: string | null; output: string }>(
		`SELECT s.key, s.sample_id AS sampleId, s.target, r.output FROM eval_results r
		 JOIN eval_samples s ON s.run_id = :runId AND s.position = r.position
		 WHERE r.arm_id = :armId AND r.epoch = 0 AND r.status = 'done' ORDER BY r.position LIMIT :mostTried`,
		{ runId: source.runId, armId: source.armId, mostTried },
		signal,
	);
	const choices = lettersAreSought(technique)
		? samplesById(
				database,
				run.datasetVersionId,
				outputs.map(({ sampleId }) => sampleId),
			).map((sample) => sample.choices)
		: [];
	const rows = outputs.map(({ key, target, output }, index) => ({
		...{ key, target, output: output.length > shownLength ? `…${output.slice(-shownLength)}` : output },
		answer: extractAnswer(technique, output, choices[index] ?? null),
	}));
	const without = rows.filter(({ answer }) => answer === null);
	const withAnswer = rows.filter(({ answer }) => answer !== null);
	return {
		run: { id: run.id, name: run.name, label: labelsOf(manifestOf(run))[source.position] ?? '' },
		...{ tried: rows.length, found: withAnswer.length },
		rows: [...without.slice(0, shownRows / 2), ...withAnswer].slice(0, shownRows),
	};
}

function lettersAreSought(technique: Technique): boolean {
	return technique.kind === 'choice-letter' || ('extract' in technique && technique.extract.kind === 'letter');
}

/** The newest arm with outputs; one that was asked to think, or not to, as `technique` does, goes first. */
async function sourceOf(
	reader: EvaluationContext['reader'],
	versions: ReturnType<typeof versionsOf>,
	{ kind }: Technique,
	signal: AbortSignal | undefined,
): Promise<Source | undefined> {
	const thinks = kind === 'chain-of-thought' || kind === 'self-consistency';
	const [source] = await reader.all<Source>(
		`SELECT a.run_id AS runId, a.id AS armId, a.position FROM eval_arms a JOIN eval_runs e ON e.id = a.run_id
		 WHERE e.dataset_version_id IN (SELECT value FROM json_each(:versions)) AND e.deleted_at IS NULL
		 AND a.technique ->> 'kind' <> 'choice-likelihood'
		 AND EXISTS (SELECT 1 FROM eval_results WHERE arm_id = a.id AND status = 'done')
		 ORDER BY (a.technique ->> 'kind' IN ('chain-of-thought', 'self-consistency')) = :thinks DESC,
		 e.created_at DESC, e.id DESC, a.position LIMIT 1`,
		{ versions: JSON.stringify(versions.map(({ id }) => id)), thinks: Number(thinks) },
		signal,
	);
	return source;
}
