/**
 * `npm run bench -- --json <file> [--only name,…] [--quick] [--model <gguf>] [--llama-server <path>] [--llama-bench
 * <path>] [--llama-perplexity <path>] [--list]`: takes the measurements of test/bench and prints a table; --json also
 * writes the figures with their conditions and samples. Exit codes: 0 all targets met, 1 a measurement failed, 2 wrong
 * usage, 3 a target was missed.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { readConditions } from '../test/bench/conditions.ts';
import { type OpenContext, openContext } from '../test/bench/context.ts';
import type { Measurement } from '../test/bench/measurement.ts';
import { measurements } from '../test/bench/measurements.ts';
import { builtProgram } from '../test/bench/reference-programs.ts';
import { type Miss, type Result, table, toResult } from '../test/bench/report.ts';
import { modelCacheFolder } from '../test/support/starter-model.ts';
import { buildIfChanged } from './start/build-if-changed.ts';

const starter = join(modelCacheFolder, 'SmolLM2-135M-Instruct.Q4_1.gguf');

function wrongUsage(message: string): never {
	process.stderr.write(
		`${message}\nnpm run bench -- [--json <file>] [--only name,…] [--quick] [--model <gguf>] [--llama-server <path>] [--llama-bench <path>] [--llama-perplexity <path>] [--list]\n`,
	);
	process.exit(2);
}

function readOptions() {
	try {
		const { values } = parseArgs({
			options: {
				json: { type: 'string' },
				only: { type: 'string' },
				quick: { type: 'boolean', default: false },
				model: { type: 'string', default: starter },
				'llama-server': { type: 'string' },
				'llama-bench': { type: 'string' },
				'llama-perplexity': { type: 'string' },
				list: { type: 'boolean', default: false },
			},
		});
		return values;
	} catch (error) {
		return wrongUsage(error instanceof Error ? error.message : String(error));
	}
}

function choose(only: string | undefined, possible: (measurement: Measurement) => boolean): readonly Measurement[] {
	if (only === undefined) return measurements.filter(possible);
	return only.split(',').map((name) => {
		const found = measurements.find((measurement) => measurement.name === name.trim());
		return (
			found ?? wrongUsage(`There is no measurement “${name}”. There are: ${measurements.map((m) => m.name).join(', ')}`)
		);
	});
}

async function take(measurement: Measurement, context: OpenContext): Promise<Result | Miss> {
	const started = performance.now();
	context.next();
	try {
		const outcome = await measurement.run(context);
		const details = { ...outcome.details, samplesOnABusyMachine: context.disturbed };
		const result = toResult(measurement, { ...outcome, details });
		const seconds = ((performance.now() - started) / 1000).toFixed(0);
		context.note(`${measurement.name}: taken in ${seconds} s\n${table([result])}`);
		return result;
	} catch (error) {
		const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
		context.note(`${measurement.name}: failed: ${text}`);
		return { name: measurement.name, error: text };
	}
}

const options = readOptions();
const programs = {
	llamaServer: options['llama-server'] ?? builtProgram('llama-server'),
	llamaBench: options['llama-bench'] ?? builtProgram('llama-bench'),
	llamaPerplexity: options['llama-perplexity'] ?? builtProgram('llama-perplexity'),
};
for (const path of Object.values(programs)) {
	if (path !== null && !existsSync(path)) wrongUsage(`There is no program at ${path}.`);
}
const chosen = choose(options.only, ({ needs }) => needs === undefined || programs[needs] !== null || options.list);
if (options.list) {
	for (const { name, about } of chosen) process.stdout.write(`${name}: ${about}\n`);
	process.exit(0);
}
const modelPath = resolve(options.model);
if (!existsSync(modelPath)) wrongUsage(`There is no model at ${modelPath}. “npm test” fetches the starter model.`);
await buildIfChanged(new AbortController().signal);

const conditions = await readConditions(modelPath, options.quick);
const context = openContext({ modelPath, quick: options.quick, ...programs });
const results: (Result | Miss)[] = [];
// Called after each measurement, so that stopping the bench loses none of the finished ones, which take minutes.
function write(): void {
	if (options.json === undefined) return;
	writeFileSync(options.json, `${JSON.stringify({ conditions, results }, null, '\t')}\n`);
}
try {
	for (const measurement of chosen) {
		results.push(await take(measurement, context));
		write();
	}
} finally {
	await context.close();
}
conditions.load.after = loadavg()[0]!;
process.stdout.write(`\n${table(results)}\n\n`);
process.stdout.write(
	`${conditions.cpu}, ${conditions.cores} cores, ${conditions.load.busyCores.toFixed(1)} busy with other work at the start, ` +
		`load ${conditions.load.before.toFixed(1)} to ${conditions.load.after.toFixed(1)}; ${conditions.engine}\n`,
);
write();
const failed = results.some((result) => 'error' in result);
const missed = results.some((result) => 'met' in result && result.met === false);
process.exitCode = failed ? 1 : missed ? 3 : 0;
