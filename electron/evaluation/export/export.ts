import { Failure } from '../../../models/contract/failure.ts';
import { said } from '../../../models/contract/said.ts';
import type { EvaluationExport } from '../../contract/evaluation/calls.ts';
import type { Run } from '../../contract/evaluation/schema.ts';
import type { EvaluationContext } from '../context.ts';
import { sumArmScores } from '../store/results.ts';
import { getRun } from '../store/runs.ts';
import { writeConfigFile } from '../write-config-file.ts';
import { csvWriter } from './csv.ts';
import { type ExportWriter, nextRows } from './export-writer.ts';
import { inspectWriter } from './inspect.ts';
import { jsonWriter } from './json.ts';
import { junitWriter } from './junit.ts';
import { promptfooWriter } from './promptfoo.ts';

const writers: Record<Exclude<EvaluationExport, 'config'>, ExportWriter> = {
	json: jsonWriter,
	csv: csvWriter,
	junit: junitWriter,
	inspect: inspectWriter,
	promptfoo: promptfooWriter,
};

export interface ExportPiece {
	readonly fileName: string;
	readonly text: string;
	/** Where the next piece starts; null: this is the last one. */
	readonly next: number | null;
}

export interface ExportOrder {
	readonly format: EvaluationExport;
	/** null: every arm; an Inspect log holds one. */
	readonly armId: number | null;
	/** null: from the start. */
	readonly after: number | null;
}

/** The run's config, with the dataset version that it measured. */
function configOf(context: Pick<EvaluationContext, 'database' | 'library'>, { id, name, config }: Run) {
	const { datasetVersionId: versionId } = getRun(context.database, id);
	return writeConfigFile(context, { ...config, name, dataset: { ...config.dataset, versionId } });
}

/** Exports the next piece of a run. Throws Failure `arm-unknown`, `export-one-arm`. */
export function exportRun(
	context: Pick<EvaluationContext, 'database' | 'library'>,
	run: Run,
	order: ExportOrder,
): ExportPiece {
	const { database } = context;
	const { format, armId, after } = order;
	const arms = armId === null ? run.arms : run.arms.filter(({ id }) => id === armId);
	if (arms.length === 0) {
		throw new Failure({
			code: 'arm-unknown',
			message: said`Run ${run.id} has no arm ${armId ?? ''}.`,
			next: [said`Open the run`],
		});
	}
	if (format === 'inspect' && arms.length > 1) {
		throw new Failure({
			code: 'export-one-arm',
			message: said`An Inspect log holds one combination; this run has ${arms.length}.`,
			next: [said`Choose one of them (--arm <id>)`, said`Choose another format, which holds all of them`],
		});
	}
	if (format === 'config') return { ...configOf(context, run), next: null };
	const writer = writers[format];
	let { rows, next } = nextRows(database, run, arms, after ?? 0);
	// Skip arms without rows.
	while (rows.length === 0 && next !== null) ({ rows, next } = nextRows(database, run, arms, next));
	const first = after === null;
	const outcomes = () =>
		sumArmScores(
			database,
			arms.map(({ id }) => id),
		);
	const text = [
		first ? writer.head(run, arms, outcomes) : '',
		writer.rows(rows, { run, first }),
		next === null ? writer.tail(run, arms, outcomes) : '',
	].join('');
	const which = armId === null || run.arms.length === 1 ? '' : `-${(arms[0]?.position ?? 0) + 1}`;
	return { fileName: `assay-run-${run.id}${which}-${format}.${writer.extension}`, text, next };
}
