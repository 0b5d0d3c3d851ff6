import type { z } from 'zod';
import { Failure } from '../../../../models/contract/failure.ts';
import {
	criterionEntry,
	extractionEntry,
	type RescoreFile,
	rescoreFileSchema,
	scorerEntry,
} from '../../../contract/evaluation/config-file.ts';
import { runMetrics } from '../../../contract/evaluation/run-config.ts';
import { type RescoreInput, type Run, rescoreInputSchema } from '../../../contract/evaluation/schema.ts';
import type { Scorer } from '../../../contract/evaluation/scorer.ts';
import { namedApart, scorerName } from '../../../contract/evaluation/scorer-name.ts';
import type { Extraction, Technique } from '../../../contract/evaluation/technique.ts';
import { parseConfig } from '../../../evaluation/parse-config-file.ts';
import type { Client } from '../../transport/rpc-client.ts';
import type { CommandContext } from '../command.ts';
import { exitCode, UsageError } from '../exit-codes.ts';
import { withApplication } from '../with-application.ts';
import { findBaseline, originRunId } from './baseline-gate.ts';
import { readConfig, resolveScorer } from './config-file.ts';
import { follow } from './follow-run.ts';
import { checkOptions, finishRun, type RunOptions } from './run-config-file.ts';

export interface RescoreOptions extends RunOptions {
	readonly scorer?: readonly string[];
	readonly extract?: string;
	readonly criterion?: readonly string[];
}

/** `assay eval rescore`: re-scores the outputs of a run. Exits like `assay eval run`. */
export async function rescoreRun(
	context: CommandContext,
	id: number,
	path: string | undefined,
	options: RescoreOptions,
): Promise<number> {
	if (
		path === undefined &&
		[options.scorer, options.extract, options.criterion].every((given) => given === undefined)
	) {
		throw new UsageError(
			`say what changes: --scorer, --extract, --criterion or a config file. To mark run ${id} as the baseline: assay eval baseline ${id}`,
		);
	}
	const file: Partial<RescoreFile> = path === undefined ? {} : await readConfig(path, rescoreFileSchema);
	const asked = {
		scorers: options.scorer?.map((text) => entryOf('--scorer', text, scorerEntry)) ?? file.scorers,
		extract: options.extract === undefined ? null : entryOf('--extract', options.extract, extractionEntry),
		criteria:
			options.criterion?.map((text) => entryOf('--criterion', JSON.stringify(text), criterionEntry)) ?? file.criteria,
	};
	const gate = await checkOptions(options, file.gate);
	return withApplication(context, async (client) => {
		const source = await client.evaluations.get({ id });
		const scorers = asked.scorers === undefined ? source.config.scorers : await resolved(client, asked.scorers);
		const input: RescoreInput = rescoreInputSchema.parse({
			id,
			name: options.name ?? '',
			scorers,
			extract: extractionsOf(source, asked.extract, file.techniques),
			criteria: asked.criteria ?? criteriaLeft(source, scorers),
		});
		const plan = await client.evaluations.planMark(input);
		if (options.estimate) {
			context.output.result({ plan }, [plan.words, ...plan.warnings.map(({ message }) => message)].join('\n'));
			return exitCode.done;
		}
		if (gate !== null) {
			const held = { dataset: source.dataset, scorers: scorers.map(scorerName), madeBy: originRunId(source) };
			await findBaseline(client, held, gate);
		}
		context.output.note(plan.words);
		for (const { message } of plan.warnings) context.output.warn(`Careful: ${message}`);
		const run = await follow(context, client, await client.evaluations.mark(input));
		return run === null ? context.interrupt.exitCode : finishRun(context, client, run, options, file.gate);
	});
}

/** Parses an option written as in a config file. Throws UsageError. */
function entryOf<Schema extends z.ZodType>(option: string, text: string, schema: Schema): z.infer<Schema> {
	try {
		return parseConfig(text, option, schema);
	} catch (error) {
		if (error instanceof Failure) throw new UsageError(error.message);
		throw error;
	}
}

async function resolved(client: Client, entries: NonNullable<RescoreFile['scorers']>): Promise<Scorer[]> {
	const scorers: Scorer[] = [];
	for (const entry of entries) scorers.push(await resolveScorer(client, entry));
	return namedApart(scorers);
}

/**
 * Extraction rules by technique of the run: the requested one for each technique that can use it, otherwise that of the
 * file's technique at the same position. Throws Failure `technique-other` if the file asks differently from the run.
 */
function extractionsOf(
	{ config, id }: Run,
	asked: Extraction | null,
	techniques: RescoreFile['techniques'],
): (Extraction | null)[] {
	const own = config.techniques;
	// If none of them can use it, the application says so.
	const some = own.some((technique) => 'extract' in technique);
	if (asked !== null) return own.map((technique) => ('extract' in technique || !some ? asked : null));
	if (techniques === undefined) return [];
	return own.map((technique, index) => {
		const other = techniques[index];
		if (other === undefined || techniques.length !== own.length || other.kind !== technique.kind) {
			throw new Failure({
				code: 'technique-other',
				message: `The file uses ${kinds(techniques)}, run ${id} used ${kinds(own)}: re-scoring changes only how the answer is found`,
				next: ['Remove techniques from the file, or name those of the run', 'Measure it: assay eval run'],
			});
		}
		return 'extract' in other ? other.extract : null;
	});
}

function kinds(techniques: readonly Technique[]): string {
	return techniques.map(({ kind }) => kind).join(', ');
}

/** Criteria of the run that its outputs can still be checked against. */
function criteriaLeft({ config }: Run, scorers: readonly Scorer[]): RescoreInput['criteria'] {
	const known: readonly string[] = [...scorers.map(scorerName), ...runMetrics];
	return config.criteria.filter(({ metric }) => known.includes(metric));
}
