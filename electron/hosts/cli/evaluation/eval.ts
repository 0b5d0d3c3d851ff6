import { setTimeout as wait } from 'node:timers/promises';
import { type Command, Option } from 'commander';
import { Failure } from '../../../../models/contract/failure.ts';
import { configFileJsonSchema } from '../../../contract/evaluation/config-file.ts';
import type { RunSummary } from '../../../contract/evaluation/schema.ts';
import type { Client } from '../../transport/rpc-client.ts';
import { type AddCommands, type CommandContext, examples, numberBetween, wholeNumber } from '../command.ts';
import { exitCode } from '../exit-codes.ts';
import { collect } from '../list-option.ts';
import { emptyList } from '../table.ts';
import { withApplication } from '../with-application.ts';
import { checkJudge, type JudgeOptions } from './check-judge.ts';
import { compareRuns } from './compare-runs.ts';
import { exportEvaluation, exportFormats } from './export-run.ts';
import { follow } from './follow-run.ts';
import { type RescoreOptions, rescoreRun } from './rescore-run.ts';
import { checkOptions, finishRun, type RunOptions, runConfigFile } from './run-config-file.ts';
import { runsTable, runText, tagsTable } from './run-tables.ts';
import { type ScoreOptions, scoreOutput } from './score-output.ts';

const id = wholeNumber(1);

/** `assay eval …`: runs of prompts, techniques and models on datasets. */
export const addEval: AddCommands = (program, execute) => {
	const evaluation = program.command('eval').description('measure prompts, techniques and models on your own data');
	addResultOptions(evaluation.command('run'))
		.argument('<config>', 'a YAML or JSON file; its schema: assay eval schema')
		.description('run a config file, and check its pass criteria and a baseline')
		.option('--estimate', 'only print the estimate')
		.option('--name <text>', 'name of the run')
		.option('--split <split>', 'only samples of this split')
		.option('--tag <tag>', 'only samples with this tag; repeat for several, all required', collect)
		.option('--limit <n>', 'number of samples at most', wholeNumber(1))
		.addHelpText(
			'after',
			examples(
				'eval run sums.yaml',
				'eval run sums.yaml --baseline marked --junit results.xml',
				'eval run sums.yaml --estimate --json',
			),
		)
		.action((path: string, options: RunOptions & { limit?: number }, command: Command) =>
			execute(command, (context) => runConfigFile(context, path, options)),
		);
	evaluation
		.command('list')
		.description('list runs, newest first')
		.option('--trash', 'list the trash')
		.addHelpText('after', examples('eval list', 'eval list --json'))
		.action((options: { trash?: boolean }, command: Command) =>
			execute(command, async (context) => {
				const { trash = false } = options;
				const { runs, inTrash } = await withApplication(context, async (client) => {
					const found = await allRuns(client, trash);
					return { runs: found, inTrash: found.length > 0 || trash ? 0 : (await allRuns(client, true)).length };
				});
				const none = trash
					? 'The trash holds no runs.'
					: emptyList('No runs yet. Start one: assay eval run <config.yaml>', 'runs', inTrash, 'eval list');
				context.output.result({ runs }, runs.length === 0 ? none : runsTable(runs));
				return exitCode.done;
			}),
		);
	evaluation
		.command('show')
		.argument('<run>', 'number of the run', id)
		.description('show the results of a run')
		.option('--by-tag', 'also show results by tag')
		.addHelpText('after', examples('eval show 3', 'eval show 3 --by-tag', 'eval show 3 --json'))
		.action((run: number, { byTag = false }: { byTag?: boolean }, command: Command) =>
			execute(command, (context) => show(context, run, byTag)),
		);
	addRescoring(evaluation, execute);
	addComparing(evaluation, execute);
	addGoingOn(evaluation, execute);
	evaluation
		.command('export')
		.argument('<run>', 'number of the run', id)
		.description('print a run with all its answers, or write it to a file')
		.addOption(new Option('--format <format>', 'file format').choices([...exportFormats]).default('json'))
		.option('--arm <id>', 'one combination only; Inspect takes one', id)
		.option('--output <file>', 'output file (default: standard output)')
		.addHelpText(
			'after',
			examples(
				'eval export 3 --format csv > rows.csv',
				'eval export 3 --format inspect --arm 7 --output log.json',
				'eval export 3 --format config > again.yaml',
			),
		)
		.action((run: number, options: Parameters<typeof exportEvaluation>[2], command: Command) =>
			execute(command, (context) => exportEvaluation(context, run, options)),
		);
	addJudging(evaluation, execute);
	evaluation
		.command('schema')
		.description('print the JSON schema of config files')
		.addHelpText('after', examples('eval schema > eval.schema.json'))
		.action((_options, command: Command) =>
			execute(command, async ({ output }) => {
				const schema = configFileJsonSchema();
				output.result(schema, JSON.stringify(schema, null, 2));
				return exitCode.done;
			}),
		);
};

/** Options of every command that ends with the result of a run. */
function addResultOptions(command: Command): Command {
	return command
		.option('--baseline <run>', 'a run, or "marked": exit code 3 if the result is measurably worse')
		.option('--margin <points>', 'accepted loss, in points', (text) => Number(text))
		.option('--strict', 'also fail undecided criteria and losses that are not ruled out')
		.option('--json-file <file>', 'also write the whole result as JSON')
		.option('--junit <file>', 'also write the rows as JUnit XML');
}

function addRescoring(evaluation: Command, execute: Parameters<AddCommands>[1]): void {
	addResultOptions(evaluation.command('rescore'))
		.alias('mark')
		.argument('<run>', 'number of the run to re-score', id)
		.argument('[config]', 'a config file; its scorers, criteria and extraction rules are used')
		.description('re-score the outputs of a run as a new run; no answer is generated')
		.option('--scorer <kind>', 'a kind, or a scorer as in a config; repeatable; default: those of the run', collect)
		.option('--extract <rule>', 'extraction rule: a kind, or a rule as in a config')
		.option('--criterion <text>', 'such as "exact >= 85 %"; repeatable', collect)
		.option('--name <text>', 'name of the new run')
		.option('--estimate', 'only print the estimate')
		.addHelpText(
			'after',
			examples(
				'eval rescore 3 --extract last-number',
				'eval rescore 3 --scorer numeric --scorer "{kind: includes, ignoreCase: true}"',
				'eval rescore 3 sums.yaml --baseline 3',
			),
		)
		.action((run: number, config: string | undefined, options: RescoreOptions, command: Command) =>
			execute(command, (context) => rescoreRun(context, run, config, options)),
		);
}

function addJudging(evaluation: Command, execute: Parameters<AddCommands>[1]): void {
	evaluation
		.command('judge')
		.argument('<model>', 'judge model')
		.description('check how far a judge agrees with your own thumbs in chats, beyond chance')
		.option('--rubric <text>', 'rubric')
		.option('--rubric-file <path>', 'rubric from a file; - for standard input')
		.addOption(
			new Option('--scale <kind>', 'verdict scale').choices(['pass-fail', 'grade', 'grade-10']).default('pass-fail'),
		)
		.option('--reasons', 'give reasons before the verdict')
		.option('--limit <n>', 'rated answers at most', wholeNumber(2, 500), 60)
		.option('--least <kappa>', 'exit code 3 if the interval of kappa starts below', numberBetween(-1, 1))
		.addHelpText('after', examples('eval judge Qwen --rubric "The answer is right and polite." --least 0.2'))
		.action((model: string, options: JudgeOptions, command: Command) =>
			execute(command, (context) => checkJudge(context, model, options)),
		);
}

function addComparing(evaluation: Command, execute: Parameters<AddCommands>[1]): void {
	evaluation
		.command('compare')
		.argument('<runs...>', 'two or more runs; <run>:<n> is the n-th combination of one')
		.description('compare runs, paired by sample; the first is the baseline')
		.option('--scorer <name>', 'scorer to compare by; default: the first in common')
		.option('--differences <n>', 'also list this many samples that differ', wholeNumber(0), 0)
		.addHelpText('after', examples('eval compare 3 4', 'eval compare 3:1 3:2 --differences 20'))
		.action((runs: string[], options: { scorer?: string; differences: number }, command: Command) =>
			execute(command, (context) => compareRuns(context, runs, options)),
		);
	evaluation
		.command('score')
		.argument('<run>', 'number of the run; <run>:<n> is its n-th combination')
		.argument('<sample>', 'number of the sample', id)
		.argument('[score]', '1 right, 0 wrong, or between', numberBetween(0, 1))
		.description('score one output by hand, as the scorer “human”')
		.option('--note <text>', 'reason for the score')
		.option('--answer <n>', 'which answer to the sample, if there are several', id, 1)
		.option('--clear', 'remove the score')
		.addHelpText(
			'after',
			examples('eval score 3:2 17 1', 'eval score 3 17 0 --note "Wrong unit"', 'eval score 3 17 --clear'),
		)
		.action((run: string, sample: number, value: number | undefined, options: ScoreOptions, command: Command) =>
			execute(command, (context) => scoreOutput(context, { run, sample, value }, options)),
		);
	evaluation
		.command('baseline')
		.argument('<run>', 'number of the run', id)
		.option('--clear', 'remove the mark')
		.description('mark a run as the baseline of its dataset')
		.addHelpText('after', examples('eval baseline 3', 'eval run sums.yaml --baseline marked'))
		.action((run: number, options: { clear?: boolean }, command: Command) =>
			execute(command, async (context) => {
				const marked = await withApplication(context, (client) =>
					client.evaluations.setBaseline({ id: run, baseline: options.clear !== true }),
				);
				const text = marked.baseline
					? `Run ${run} is the baseline of “${marked.dataset.name}”`
					: `Run ${run} is no longer a baseline`;
				context.output.result({ run: marked }, text);
				return exitCode.done;
			}),
		);
}

function addGoingOn(evaluation: Command, execute: Parameters<AddCommands>[1]): void {
	for (const [name, description] of [
		['resume', 'resume a run that was paused, interrupted or failed'],
		['retry', 'measure failed answers again'],
		['repeat', 'rerun exactly, and check whether every answer is the same'],
	] as const) {
		addResultOptions(evaluation.command(name))
			.argument('<run>', 'number of the run', id)
			.description(description)
			.addHelpText('after', examples(`eval ${name} 3`, `eval ${name} 3 --baseline marked --json-file result.json`))
			.action((run: number, options: RunOptions, command: Command) =>
				execute(command, async (context) => {
					await checkOptions(options);
					return withApplication(context, async (client) => {
						const ended = await follow(context, client, await client.evaluations[name]({ id: run }));
						return ended === null ? context.interrupt.exitCode : finishRun(context, client, ended, options);
					});
				}),
			);
	}
	evaluation
		.command('test')
		.argument('<run>', 'number of the run', id)
		.description(
			'check repeatability: measure some answers again in fresh processes, one interrupted, and compare token by token',
		)
		.addHelpText('after', examples('eval test 3'))
		.action((run: number, _options, command: Command) => execute(command, (context) => selfTest(context, run)));
}

async function show(context: CommandContext, id: number, byTag: boolean): Promise<number> {
	const run = await withApplication(context, (client) => client.evaluations.get({ id }));
	context.output.result({ run }, [runText(run), ...(byTag ? ['', tagsTable(run)] : [])].join('\n'));
	return exitCode.done;
}

async function selfTest(context: CommandContext, id: number): Promise<number> {
	const { output, interrupt } = context;
	return withApplication(context, async (client) => {
		let job = await client.evaluations.selfTest({ id });
		while (job.endedAt === null) {
			output.progress(`${job.done} of ${job.total ?? '?'} answers`);
			await wait(200, undefined, { signal: interrupt.signal }).catch(() => {});
			if (interrupt.signal.aborted) {
				await client.jobs.cancel({ jobId: job.id });
				return interrupt.exitCode;
			}
			job = await client.jobs.get({ jobId: job.id });
		}
		if (job.failure !== null) throw new Failure(job.failure);
		const run = await client.evaluations.get({ id });
		output.result({ repeatable: run.repeatable, note: run.repeatableNote, run }, `${run.repeatableNote}.`);
		return run.repeatable === 'yes' ? exitCode.done : exitCode.checkFailed;
	});
}

/** Every run, newest first, fetched in pages. */
async function allRuns(client: Client, trash: boolean): Promise<RunSummary[]> {
	const all = new Map<number, RunSummary>();
	for (let before: number | null = null; ; ) {
		const { runs, next } = await client.evaluations.list({ trash, before });
		for (const run of runs) all.set(run.id, run);
		if (next === null) return [...all.values()].toSorted((a, b) => b.id - a.id);
		before = next;
	}
}
