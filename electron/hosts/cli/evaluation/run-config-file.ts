import { stat, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { Failure } from '../../../../models/contract/failure.ts';
import type { ConfigFile } from '../../../contract/evaluation/config-file.ts';
import type { Run } from '../../../contract/evaluation/schema.ts';
import { scorerName } from '../../../contract/evaluation/scorer-name.ts';
import type { Client } from '../../transport/rpc-client.ts';
import type { CommandContext } from '../command.ts';
import { exitCode, UsageError } from '../exit-codes.ts';
import { withApplication } from '../with-application.ts';
import { checkGate, findBaseline, type Gate, type GateResult } from './baseline-gate.ts';
import { readConfig, resolveConfig } from './config-file.ts';
import { wholeExport } from './export-run.ts';
import { follow } from './follow-run.ts';
import { labelOf, runText } from './run-tables.ts';

export interface RunOptions {
	readonly baseline?: string;
	readonly margin?: number;
	readonly strict?: boolean;
	readonly estimate?: boolean;
	readonly name?: string;
	readonly split?: string;
	readonly tag?: readonly string[];
	readonly limit?: number;
	readonly jsonFile?: string;
	readonly junit?: string;
}

/** `assay eval run`: measures what a config file describes. Exit code 3 if a criterion or the baseline check fails. */
export async function runConfigFile(context: CommandContext, path: string, options: RunOptions): Promise<number> {
	const config = await readConfig(path);
	const gate = await checkOptions(options, config.gate);
	return withApplication(context, async (client) => {
		const resolved = await resolveConfig(context, client, config, path);
		const asked = {
			...resolved,
			...(options.name === undefined ? {} : { name: options.name }),
			dataset: {
				...resolved.dataset,
				split: options.split ?? resolved.dataset.split,
				tags: options.tag === undefined ? resolved.dataset.tags : [...options.tag],
				limit: options.limit ?? resolved.dataset.limit,
			},
		};
		if (options.estimate) {
			const estimate = await client.evaluations.estimate(asked);
			context.output.result(
				{ estimate },
				[estimate.words, ...estimate.warnings.map(({ message }) => message)].join('\n'),
			);
			return exitCode.done;
		}
		if (gate !== null) {
			const scorers = asked.scorers.map(scorerName);
			await findBaseline(client, { dataset: { id: asked.dataset.datasetId }, scorers }, gate);
		}
		const started = await client.evaluations.start(asked);
		for (const { message } of started.warnings) context.output.warn(`Careful: ${message}`);
		const run = await follow(context, client, started);
		return run === null ? context.interrupt.exitCode : finishRun(context, client, run, options, config.gate);
	});
}

/**
 * Returns the baseline to check a run against; null: none. Throws UsageError, and Failure `file-unwritable`, before
 * anything is measured: afterwards it would be too late.
 */
export async function checkOptions(options: RunOptions, configured?: ConfigFile['gate']): Promise<Gate | null> {
	const gate = gateOf(options, configured);
	for (const file of [options.jsonFile, options.junit]) if (file !== undefined) await assertFolder(file);
	return gate;
}

/** The baseline from the options and the config. */
function gateOf({ baseline, margin, strict }: RunOptions, configured?: ConfigFile['gate']): Gate | null {
	const number = baseline === undefined || baseline === 'marked' ? null : Number(baseline);
	if (number !== null && !(Number.isInteger(number) && number > 0)) {
		throw new UsageError(`--baseline takes the number of a run, or "marked", not "${baseline}"`);
	}
	if (margin !== undefined && !(margin >= 0 && margin <= 100))
		throw new UsageError('--margin takes points from 0 to 100');
	const chosen = baseline === undefined ? configured?.baseline : (number ?? 'marked');
	if (chosen === undefined) return null;
	return {
		...(configured?.scorer === undefined ? {} : { scorer: configured.scorer }),
		baseline: chosen,
		fail: strict ? 'not-shown-as-good' : (configured?.fail ?? 'worse'),
		margin: margin === undefined ? (configured?.margin ?? 0) : margin / 100,
	};
}

/** Reports the result of a finished run. */
export async function finishRun(
	context: CommandContext,
	client: Client,
	run: Run,
	options: RunOptions,
	configured?: ConfigFile['gate'],
): Promise<number> {
	const { output } = context;
	if (options.junit !== undefined)
		await writeResult(options.junit, await wholeExport(client, { id: run.id, format: 'junit' }));
	if (options.jsonFile !== undefined)
		await writeResult(options.jsonFile, await wholeExport(client, { id: run.id, format: 'json' }));
	if (run.failure !== null && run.status === 'failed') throw new Failure(run.failure);
	if (run.status !== 'done') throw notDone(run);
	const wanted = gateOf(options, configured);
	const gate = wanted === null ? null : await checkGate(client, run, wanted);
	const open = run.criteria.filter(
		({ state }) => state === 'not-met' || (options.strict === true && state === 'undecided'),
	);
	const held = open.length === 0 && (gate?.held ?? true);
	const lines = [
		...open.map(({ words, armId }) => `Does not hold: ${labelOf(run, armId)}${words}`),
		...gateLines(gate),
	];
	output.result({ run, gate, held }, [runText(run), ...(lines.length === 0 ? [] : ['', ...lines])].join('\n'));
	return held ? exitCode.done : exitCode.checkFailed;
}

async function assertFolder(file: string): Promise<void> {
	const folder = dirname(resolve(file));
	const facts = await stat(folder).catch(() => null);
	if (facts?.isDirectory() !== true) throw unwritable(file, `there is no folder ${folder}`);
}

/** Ended from another window or process: the rows so far say nothing about a gate. */
function notDone({ id, status, progress }: Run): Failure {
	const how = status === 'paused' ? 'was paused' : 'was ended early';
	return new Failure({
		code: 'run-not-done',
		message: `Run ${id} ${how} after ${progress.done} of ${progress.total} rows`,
		next: [`See the results so far: assay eval show ${id}`, `Resume with: assay eval resume ${id}`],
	});
}

function gateLines(gate: GateResult | null): string[] {
	if (gate === null) return [];
	return gate.checks.flatMap(({ held, words, comparison }) => [
		...comparison.unfair.filter(({ serious }) => serious).map(({ message }) => `Careful: ${message}`),
		`${held ? 'Holds' : 'Does not hold'} against run ${gate.baselineRunId}: ${words}`,
	]);
}

async function writeResult(path: string, text: string): Promise<void> {
	await writeFile(path, text).catch((error: Error) => {
		throw unwritable(path, error.message, error);
	});
}

function unwritable(path: string, why: string, cause?: Error): Failure {
	return new Failure(
		{ code: 'file-unwritable', message: `${path} can’t be written (${why})`, next: ['Choose another location'] },
		{ cause },
	);
}
