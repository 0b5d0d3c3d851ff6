import { stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type Command, Option } from 'commander';
import { Failure } from '../../../../models/contract/failure.ts';
import {
	type TrainingConfigFile,
	trainingConfigFileJsonSchema,
	trainingConfigFileSchema,
} from '../../../contract/adaptation/config-file.ts';
import {
	type TrainingCheck,
	type TrainingConfig,
	type TrainingExportFormat,
	type TrainingRun,
	trainingConfigSchema,
	trainingExportFormatSchema,
} from '../../../contract/adaptation/schema.ts';
import { textSources } from '../../../contract/adaptation/text-sources.ts';
import { findDataset, findVersion } from '../../../contract/dataset/find-dataset.ts';
import { formatBytes } from '../../../text/format-bytes.ts';
import type { Client } from '../../transport/rpc-client.ts';
import { chooseModel } from '../choose-model.ts';
import { type AddCommands, type CommandContext, examples, wholeNumber } from '../command.ts';
import { findCollection } from '../documents.ts';
import { assertNotFile, datasetOfFile, readConfig } from '../evaluation/config-file.ts';
import { follow as followEvaluation } from '../evaluation/follow-run.ts';
import { exitCode, UsageError } from '../exit-codes.ts';
import { counted, table } from '../table.ts';
import { withApplication } from '../with-application.ts';

const id = wholeNumber(1);

interface TrainOptions {
	readonly check?: boolean;
	readonly name?: string;
	readonly compare?: boolean;
}

/** `assay train …`: fine-tunes a model on this computer. */
export const addTrain: AddCommands = (program, execute) => {
	const train = program
		.command('train')
		.description('fine-tune a model on this computer: LoRA for any GGUF file of a known architecture')
		.addHelpText(
			'after',
			'\nThe processor trains: ggml can’t unpack quantised weights on a GPU. To train on one elsewhere: assay train export.',
		);
	for (const [objective, description] of [
		['sft', 'learn answers from a dataset, corrections or texts'],
		['dpo', 'learn which of two answers is better'],
		['distill', 'learn answers from a larger local model'],
	] as const) {
		train
			.command(objective)
			.argument('<config>', 'a YAML or JSON file; its schema: assay train schema')
			.description(description)
			.option('--check', 'only check the samples and estimate the run; exit code 3 if it can’t be trained')
			.option('--name <text>', 'name of the run and its adapter')
			.option('--compare', 'afterwards, compare base and adapter')
			.addHelpText(
				'after',
				examples(
					`train ${objective} config.yaml --check`,
					`train ${objective} config.yaml --compare`,
					`train ${objective} config.yaml --json`,
				),
			)
			.action((path: string, options: TrainOptions, command: Command) =>
				execute(command, (context) => trainConfig(context, objective, path, options)),
			);
	}
	train
		.command('list')
		.description('list training runs, newest first')
		.addHelpText('after', examples('train list', 'train list --json'))
		.action((_: object, command: Command) => execute(command, list));
	train
		.command('show')
		.argument('<run>', 'number of the run', id)
		.description('show a run: losses, samples, comparisons')
		.addHelpText('after', examples('train show 3', 'train show 3 --json'))
		.action((run: number, _: object, command: Command) =>
			execute(command, (context) =>
				withApplication(context, async (client) => {
					const found = await client.training.get({ id: run });
					const { points } = await client.training.points({ id: run });
					context.output.result({ ...documentOf(found), points }, runText(found));
					return exitCode.done;
				}),
			),
		);
	train
		.command('resume')
		.argument('<run>', 'number of the run', id)
		.description('continue a run from its last checkpoint')
		.option('--compare', 'afterwards, compare base and adapter')
		.addHelpText('after', examples('train resume 3', 'train resume 3 --compare'))
		.action((run: number, options: Pick<TrainOptions, 'compare'>, command: Command) =>
			execute(command, (context) =>
				withApplication(context, async (client) => {
					const ended = await follow(context, client, await client.training.resume({ id: run }));
					return finish(context, client, ended, { compares: options.compare === true });
				}),
			),
		);
	train
		.command('stop')
		.argument('<run>', 'number of the run', id)
		.description('end a run and keep the best weights so far')
		.addHelpText('after', examples('train stop 3'))
		.action((run: number, _: object, command: Command) =>
			execute(command, (context) =>
				withApplication(context, async (client) =>
					finish(context, client, await follow(context, client, await client.training.stop({ id: run })), {}),
				),
			),
		);
	train
		.command('compare')
		.argument('<run>', 'number of the run', id)
		.description('compare base and adapter on the held-out samples and on your other datasets')
		.addHelpText('after', examples('train compare 3', 'train compare 3 --json'))
		.action((run: number, _: object, command: Command) =>
			execute(command, (context) =>
				withApplication(context, async (client) => {
					const compared = await compare(context, client, run);
					if (compared === null) return context.interrupt.exitCode;
					context.output.result(documentOf(compared), runText(compared));
					return exitCode.done;
				}),
			),
		);
	train
		.command('use')
		.argument('<run>', 'number of the run', id)
		.description(
			'use the adapter for new answers of its base, and make that base the default model; compare them first',
		)
		.addHelpText('after', examples('train use 3'))
		.action((run: number, _: object, command: Command) =>
			execute(command, (context) =>
				withApplication(context, async (client) => {
					const used = await client.training.use({ id: run });
					context.output.result(documentOf(used), `New answers of ${used.base.name} use ${used.name}`);
					return exitCode.done;
				}),
			),
		);
	train
		.command('export')
		.argument('<config>', 'a training config')
		.description('write the samples and a ready-made config, to train on a GPU elsewhere')
		.addOption(
			new Option('--format <format>', 'program to train with')
				.choices(trainingExportFormatSchema.options)
				.default('trl'),
		)
		.addOption(
			new Option('--objective <name>', 'what to learn, if the config doesn’t say')
				.choices(['sft', 'dpo'])
				.default('sft'),
		)
		.requiredOption('--output <folder>', 'folder to write')
		.addHelpText('after', examples('train export config.yaml --format unsloth --output for-gpu'))
		.action(
			(
				path: string,
				options: { format: TrainingExportFormat; objective: 'sft' | 'dpo'; output: string },
				command: Command,
			) =>
				execute(command, (context) =>
					withApplication(context, async (client) => {
						const asked = command.getOptionValueSource('objective') === 'cli' ? options.objective : null;
						const { config } = await resolveTraining(context, client, asked, path);
						const written = await client.training.export({
							...config,
							format: options.format,
							folder: resolve(options.output),
						});
						context.output.result(written, written.files.join('\n'));
						return exitCode.done;
					}),
				),
		);
	train
		.command('schema')
		.description('print the JSON schema of training configs')
		.addHelpText('after', examples('train schema > training.schema.json'))
		.action((_: object, command: Command) =>
			execute(command, async ({ output }) => {
				const schema = trainingConfigFileJsonSchema();
				output.result(schema, JSON.stringify(schema, null, 2));
				return exitCode.done;
			}),
		);
};

async function trainConfig(
	context: CommandContext,
	objective: 'sft' | 'dpo' | 'distill',
	path: string,
	options: TrainOptions,
): Promise<number> {
	return withApplication(context, async (client) => {
		const { config, file } = await resolveTraining(context, client, objective, path);
		const asked = { ...config, ...(options.name === undefined ? {} : { name: options.name }) };
		if (options.check === true) {
			const check = await client.training.check(asked);
			context.output.result({ check }, checkText(check, objective));
			return check.obstacle === null ? exitCode.done : exitCode.checkFailed;
		}
		const started = await client.training.start(asked);
		for (const { message } of started.warnings) context.output.warn(`Careful: ${message}`);
		const run = await follow(context, client, started);
		const compares = options.compare === true || file.gate !== undefined;
		return finish(context, client, run, { compares, gate: file.gate });
	});
}

/**
 * Reads a config and resolves its names; a sample file is imported. `asked`: null: what the config says. Throws Failure for
 * the first that does not exist.
 */
async function resolveTraining(
	{ output, interrupt }: CommandContext,
	client: Client,
	asked: 'sft' | 'dpo' | 'distill' | null,
	path: string,
): Promise<{ config: TrainingConfig; file: TrainingConfigFile }> {
	const file = await readConfig(path, trainingConfigFileSchema, 'assay train schema');
	const objective = asked ?? file.objective ?? 'sft';
	if (
		file.objective !== undefined &&
		file.objective !== objective &&
		!(file.objective === 'text' && objective === 'sft')
	) {
		throw new UsageError(`${path} is for “assay train ${file.objective}”`);
	}
	const folder = dirname(resolve(path));
	const { models } = file.model === undefined ? await client.models.list() : { models: [] };
	const base = file.model === undefined ? models.find((model) => model.default) : await chooseModel(client, file.model);
	if (base === undefined) {
		throw new Failure({
			code: 'no-model',
			message: 'No model is set up yet',
			next: ['Name one in the config: model: <name or path>'],
		});
	}
	const teacher = file.teacher === undefined ? null : await chooseModel(client, file.teacher);
	const data = await dataOf(client, file.data, folder, {
		note: (text) => output.note(text),
		signal: interrupt.signal,
	});
	const { name, holdOut, validation, settings, threads } = file;
	return {
		file,
		config: trainingConfigSchema.parse({
			name,
			objective: data.kind === 'texts' || data.kind === 'documents' ? 'text' : (file.objective ?? objective),
			modelFileId: base.id,
			teacherFileId: teacher?.id ?? null,
			data,
			holdOut,
			validation,
			settings,
			threads,
		}),
	};
}

async function dataOf(
	client: Client,
	entry: TrainingConfigFile['data'],
	folder: string,
	notes: { note: (text: string) => void; signal: AbortSignal },
): Promise<TrainingConfig['data']> {
	if (typeof entry === 'string') {
		// The name of a dataset, or a file next to the config.
		const isFile = await stat(resolve(folder, entry)).then(
			(facts) => facts.isFile(),
			() => false,
		);
		const chosen = isFile
			? { file: entry, split: null, tags: [] }
			: { dataset: entry, split: null, tags: [], version: undefined };
		return dataOf(client, chosen, folder, notes);
	}
	if ('feedback' in entry) return { kind: 'feedback', filter: entry.feedback };
	if ('documents' in entry) {
		const found = await Promise.all([entry.documents].flat().map((each) => findCollection(client, each)));
		const collectionIds = found.map((collection) => collection.id);
		return { kind: 'documents', collectionIds };
	}
	if ('texts' in entry) return { kind: 'texts', paths: entry.texts.map((text) => resolve(folder, text)) };
	if ('dataset' in entry) await assertNotFile(client, entry.dataset, folder);
	const name = 'file' in entry ? await datasetOfFile(client, resolve(folder, entry.file), {}, notes) : entry.dataset;
	const dataset = await findDataset(client, name);
	const version = await findVersion(client, dataset, 'file' in entry ? undefined : entry.version);
	return { kind: 'dataset', datasetId: dataset.id, versionId: version.id, split: entry.split, tags: entry.tags };
}

const pollMs = 250;

/** Waits for a run, with its progress on one line; Ctrl+C pauses it and returns null. */
async function follow(
	{ output, interrupt }: CommandContext,
	client: Client,
	started: TrainingRun,
): Promise<TrainingRun | null> {
	let run = started;
	while (run.status === 'waiting' || run.status === 'running') {
		const { doing, secondsLeft } = run.progress;
		const left = secondsLeft === null || secondsLeft < 1 ? '' : `, ${Math.ceil(secondsLeft)} s left`;
		const loss = run.loss === null ? '' : `, loss ${run.loss.toFixed(3)}`;
		output.progress(`${doing ?? 'Starting'}${loss}${left}`);
		await wait(pollMs, undefined, { signal: interrupt.signal }).catch(() => {});
		if (interrupt.signal.aborted) {
			await client.training.pause({ id: run.id });
			output.warn(`Paused. Resume with: assay train resume ${run.id}`);
			return null;
		}
		run = await client.training.get({ id: run.id });
	}
	output.progress(null);
	return run;
}

async function compare(context: CommandContext, client: Client, runId: number): Promise<TrainingRun | null> {
	const { comparisons, effects } = await client.training.compare({ id: runId });
	for (const comparison of comparisons) {
		const ended = await followEvaluation(context, client, await client.evaluations.get({ id: comparison.runId }));
		if (ended === null) return null;
		if (ended.failure !== null && ended.status === 'failed') throw new Failure(ended.failure);
	}
	if (effects !== null && !(await followEffects(context, client, effects.comparisonId))) return null;
	return client.training.get({ id: runId });
}

/** Waits for the comparison on neutral texts. Returns false if it was interrupted. */
async function followEffects({ output, interrupt }: CommandContext, client: Client, id: number): Promise<boolean> {
	for (;;) {
		const { status, doing } = await client.comparisons.get({ id });
		if (status !== 'waiting' && status !== 'running') break;
		output.progress(`Neutral texts: ${doing ?? 'waiting'}`);
		await wait(pollMs, undefined, { signal: interrupt.signal }).catch(() => {});
		if (!interrupt.signal.aborted) continue;
		await client.comparisons.pause({ id });
		output.warn(`Paused. Resume with: assay compare --resume ${id}`);
		return false;
	}
	output.progress(null);
	return true;
}

async function finish(
	context: CommandContext,
	client: Client,
	run: TrainingRun | null,
	{ compares = false, gate }: { compares?: boolean; gate?: TrainingConfigFile['gate'] },
): Promise<number> {
	if (run === null) return context.interrupt.exitCode;
	if (run.failure !== null && run.status === 'failed') throw new Failure({ ...run.failure, next: afterFailure(run) });
	if (run.status !== 'done') {
		throw new Failure({
			code: 'training-not-done',
			message: `Training ${run.id} ${run.status === 'paused' ? 'was paused' : 'ended early'}`,
			next: [`Resume with: assay train resume ${run.id}`],
		});
	}
	const shown = compares ? await compare(context, client, run.id) : run;
	if (shown === null) return context.interrupt.exitCode;
	const held = gate === undefined || (await gateHolds(client, shown, gate));
	const lines = [
		runText(shown),
		...(gate === undefined ? [] : ['', held ? 'The gate holds.' : 'The gate does not hold.']),
	];
	context.output.result({ ...documentOf(shown), ...(gate === undefined ? {} : { held }) }, lines.join('\n'));
	return held ? exitCode.done : exitCode.checkFailed;
}

/** Failures that the same steps would meet again. */
const lasting: ReadonlySet<string> = new Set(['training-diverged', 'training-checkpoint-unsuitable']);

/** What to do after a failure; what was learned before most of them is kept. */
function afterFailure({ id: runId, failure, checkpoint }: TrainingRun): readonly string[] {
	if (failure === null) return [];
	if (checkpoint === null || lasting.has(failure.code)) return failure.next;
	return [...failure.next, `Then continue from step ${checkpoint.step}: assay train resume ${runId}`];
}

/** Whether the adapter does as well as the config asks, on the held-out samples. */
async function gateHolds(
	client: Client,
	run: TrainingRun,
	{ fail, margin, scorer }: NonNullable<TrainingConfigFile['gate']>,
): Promise<boolean> {
	const heldOut = run.comparisons.find(({ role }) => role === 'held-out');
	if (heldOut === undefined) {
		throw new Failure({
			code: 'training-not-comparable',
			message: 'There are no held-out samples to check the gate on',
			next: ['Set holdOut in the config'],
		});
	}
	const { arms } = await client.evaluations.get({ id: heldOut.runId });
	const [pair] = (await client.evaluations.compare({ arms: arms.map((arm) => arm.id), scorer: scorer ?? null })).pairs;
	if (pair === undefined || pair.n === 0) return false;
	if (fail === 'worse') return !(pair.verdict === 'worse' && pair.difference < -margin);
	return pair.low > margin;
}

/** What `train --json` prints: the fields that scripts read, and the whole run. */
function documentOf(run: TrainingRun): object {
	const { id: runId, status, progress, tokens, validation, adapter } = run;
	return {
		run: { ...run, id: runId, status, steps: progress.step, tokens },
		loss: { before: validation?.first ?? null, after: run.loss },
		validation: { before: validation?.first ?? null, after: validation?.best ?? null },
		adapter: adapter === null ? null : { id: adapter.id, path: adapter.path, sha256: adapter.sha256 },
	};
}

async function list(context: CommandContext): Promise<number> {
	const { runs } = await withApplication(context, (client) => client.training.list());
	const rows = runs.map(({ id: runId, name, status, progress, validation }) => [
		...[String(runId), name, status, `${progress.step} of ${progress.steps}`],
		validation === null ? '' : `${validation.first.toFixed(3)} to ${validation.best.toFixed(3)}`,
	]);
	const text =
		rows.length === 0
			? 'No training runs yet. Start one: assay train sft <config>'
			: table(['ID', 'NAME', 'STATUS', 'STEPS', 'VALIDATION LOSS'], rows);
	context.output.result({ runs }, text);
	return exitCode.done;
}

/** Puts all lines of an answer under its first. */
function indented(answer: string): string {
	return answer.trimEnd().replaceAll('\n', `\n${' '.repeat(10)}`);
}

function dataOfTexts(run: TrainingRun): readonly string[] {
	const names = textSources(run);
	return names.length === 0 ? [] : [`Data: texts of ${names.join(', ')}`];
}

/** Describes a run for people. */
export function runText(run: TrainingRun): string {
	const { base, dataset, progress, validation, adapter, samples, comparisons, effects, outcome } = run;
	const how =
		outcome === 'early' ? ', ended early: validation no longer improved' : outcome === 'stopped' ? ', stopped' : '';
	return [
		`${run.name} (training ${run.id}): ${run.status}${how}`,
		...(run.failure === null ? [] : [run.failure.message, ...afterFailure(run).map((step) => `  ${step}`)]),
		`Base: ${base.name} ${base.quantization}`,
		...(dataset === null ? dataOfTexts(run) : [`Data: ${dataset.name}, version ${dataset.number}`]),
		`Steps: ${progress.step} of ${progress.steps}, ${run.tokens} tokens, ${run.tokensPerSecond?.toFixed(0) ?? '–'} tokens/s`,
		...(validation === null
			? []
			: [
					`Validation loss: ${validation.first.toFixed(3)} to ${validation.best.toFixed(3)} at step ${validation.bestStep}`,
				]),
		...(run.peakBytes === null ? [] : [`Memory: ${formatBytes(run.peakBytes)}`]),
		...(adapter === null ? [] : [`Adapter: ${adapter.path}, ${formatBytes(adapter.sizeBytes)}`]),
		...samples.flatMap(({ key, before, after }) => [
			'',
			`Sample ${key}`,
			`  before: ${indented(before ?? '–')}`,
			`  after:  ${indented(after ?? '–')}`,
		]),
		...(comparisons.length === 0 ? [] : ['']),
		...comparisons.map(({ role, name, words }) => `${role === 'held-out' ? 'Held out' : 'Also'}: ${name}: ${words}`),
		...effectLines(effects),
	].join('\n');
}

function effectLines(effects: TrainingRun['effects']): string[] {
	if (effects === null) return [];
	const { divergence, base, adapter } = effects;
	return [
		'',
		...(divergence === null
			? []
			: [
					`KL divergence from the base: ${divergence.value.toFixed(4)} ± ${divergence.standardError.toFixed(4)} nats on ${divergence.tokens} tokens of neutral texts, the same next token ${(100 * divergence.sameTop).toFixed(1)} % of the time`,
				]),
		...(base.generation === null || adapter.generation === null
			? []
			: [`Generation: ${base.generation.median.toFixed(1)} to ${adapter.generation.median.toFixed(1)} tokens/s`]),
		...(base.sizeBytes === null || adapter.sizeBytes === null
			? []
			: [`Size: ${formatBytes(base.sizeBytes)} and ${formatBytes(adapter.sizeBytes - base.sizeBytes)}`]),
	];
}

/** Describes the samples that a run would learn from, and those that it would leave out. */
export function checkText(check: TrainingCheck, objective: 'sft' | 'dpo' | 'distill'): string {
	const { samples, minutes, memoryBytes, warnings, obstacle, duplicates, unusable, refused, cut, leaks, personal } =
		check;
	return [
		`${samples.train} samples to train on, ${samples.validation} to validate, ${samples.heldOut} held out`,
		`${check.steps} steps, ${check.tokens} tokens; the longest sample has ${check.longest}`,
		`About ${minutes === null ? '?' : Math.max(1, Math.ceil(minutes))} min${check.learned ? '' : ' (a guess)'}${memoryBytes === null ? '' : `, ${formatBytes(memoryBytes)} of memory`}`,
		...(duplicates.count === 0 ? [] : [`${counted(duplicates.count, 'duplicate')} left out`]),
		...(unusable.count === 0
			? []
			: [
					`${counted(unusable.count, 'sample')} left out: ${objective === 'dpo' ? 'no two answers to choose between' : 'no answer to learn'}`,
				]),
		...(refused.count === 0
			? []
			: [`Careful: the model’s chat template refuses the roles of ${counted(refused.count, 'sample')}`]),
		...(cut.count === 0 ? [] : [`${cut.count} samples cut to ${check.settings.maxTokens} tokens`]),
		...personal.map(({ kind, count }) => `Personal data: ${count} × ${kind}`),
		...leaks.map(({ name, samples: number }) => `Careful: ${number} samples are also in the dataset “${name}”`),
		...warnings.map(({ message }) => `Careful: ${message}`),
		...(obstacle === null ? [] : [`Can’t be trained: ${obstacle.message}`]),
	].join('\n');
}
