import { writeFile } from 'node:fs/promises';
import { Failure } from '../../../../models/contract/failure.ts';
import type { ConfigFile } from '../../../contract/evaluation/config-file/config-file.ts';
import type { Run } from '../../../contract/evaluation/run.ts';
import type { Client } from '../../ownership/attach.ts';
import type { CommandContext } from '../command.ts';
import { exitCode } from '../exit-code.ts';
import { withApplication } from '../session.ts';
import { UsageError } from '../usage-error.ts';
import { wholeExport } from './export-run.ts';
import { follow } from './follow.ts';
import { checkGate, type Gate, type GateResult } from './gate.ts';
import { readConfig } from './read-config.ts';
import { resolveConfig } from './resolve.ts';
import { labelOf, runText } from './tables.ts';

export interface RunOptions {
	readonly baseline?: string;
	readonly margin?: number;
	readonly strict?: boolean;
	readonly estimate?: boolean;
	readonly name?: string;
	readonly limit?: number;
	readonly jsonFile?: string;
	readonly junit?: string;
}

/** `assay eval run`: measures what a config file describes. Exit code 3 where a criterion or the baseline does not hold. */
export async function runConfigFile(context: CommandContext, path: string, options: RunOptions): Promise<number> {
	const config = await readConfig(path);
	gateOf(options, config.gate);
	return withApplication(context, async (client) => {
		const resolved = await resolveConfig(context, client, config, path);
		const asked = {
			...resolved,
			...(options.name === undefined ? {} : { name: options.name }),
			dataset: { ...resolved.dataset, limit: options.limit ?? resolved.dataset.limit },
		};
		if (options.estimate) {
			const estimate = await client.evaluations.estimate(asked);
			context.output.result(
				{ estimate },
				[estimate.words, ...estimate.warnings.map(({ message }) => message)].join('\n'),
			);
			return exitCode.done;
		}
		const run = await follow(context, client, await client.evaluations.start(asked));
		return run === null ? context.interrupt.exitCode : finishRun(context, client, run, options, config.gate);
	});
}

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

/** Says what a run that ended came to. */
export async function finishRun(
	context: CommandContext,
	client: Client,
	run: Run,
	options: RunOptions,
	configured?: ConfigFile['gate'],
): Promise<number> {
	const { output } = context;
	if (options.junit !== undefined)
		await writeWhole(options.junit, await wholeExport(client, { id: run.id, format: 'junit' }));
	if (options.jsonFile !== undefined)
		await writeWhole(options.jsonFile, await wholeExport(client, { id: run.id, format: 'json' }));
	if (run.failure !== null && run.status === 'failed') throw new Failure(run.failure);
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
	return held ? exitCode.done : exitCode.notHeld;
}

function gateLines(gate: GateResult | null): string[] {
	if (gate === null) return [];
	return gate.checks.flatMap(({ held, words, comparison }) => [
		...comparison.unfair.filter(({ serious }) => serious).map(({ message }) => `Careful: ${message}`),
		`${held ? 'Holds' : 'Does not hold'} against run ${gate.baselineRunId}: ${words}`,
	]);
}

async function writeWhole(path: string, text: string): Promise<void> {
	await writeFile(path, text).catch((error: Error) => {
		throw new Failure(
			{
				code: 'file-unwritable',
				message: `${path} cannot be written (${error.message})`,
				next: ['Choose another place'],
			},
			{ cause: error },
		);
	});
}
