import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, dirname, extname, resolve } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { setTimeout as wait } from 'node:timers/promises';
import type { z } from 'zod';
import { Failure } from '../../../../models/contract/failure.ts';
import { unreadableReason } from '../../../../models/unreadable-reason.ts';
import { type ConfigFile, configFileLimit, configFileSchema } from '../../../contract/evaluation/config-file.ts';
import { type RunConfig, runConfigSchema } from '../../../contract/evaluation/run-config.ts';
import type { Scorer } from '../../../contract/evaluation/scorer.ts';
import type { Job } from '../../../contract/jobs/schema.ts';
import { parseConfig } from '../../../evaluation/parse-config-file.ts';
import type { Client } from '../../transport/rpc-client.ts';
import { chooseModel, findAlias } from '../choose-model.ts';
import type { CommandContext } from '../command.ts';

/**
 * Resolves a config file. Imports the sample and model files that it names first. `path`: of the config file. Throws
 * Failure for the first thing that does not exist.
 */
export async function resolveConfig(
	{ output, interrupt }: Pick<CommandContext, 'output' | 'interrupt'>,
	client: Client,
	config: ConfigFile,
	path: string,
): Promise<RunConfig> {
	const note = (text: string): void => output.note(text);
	const models: NonNullable<ConfigFile['models']> = [];
	for (const entry of config.models ?? []) {
		const model = typeof entry === 'string' ? entry : entry.model;
		// `server.resolveModel` says what the alias stands for.
		const name = (await findAlias(client, model)) === undefined ? (await chooseModel(client, model)).path : model;
		models.push(typeof entry === 'string' ? name : { ...entry, model: name });
	}
	const scorers: Scorer[] = [];
	for (const scorer of config.scorers) scorers.push(await resolveScorer(client, scorer));
	const dataset = await datasetEntry(client, config.dataset, dirname(resolve(path)), {
		note,
		signal: interrupt.signal,
	});
	const resolved = await client.evaluations.configFile.resolve({
		file: { ...config, dataset, scorers, ...(models.length === 0 ? {} : { models }) },
	});
	const [problem] = resolved.problems;
	if (problem !== undefined) throw new Failure(problem);
	for (const text of resolved.notes) note(text);
	return runConfigSchema.parse(resolved.config);
}

/** Looks up a judge's model in the library. */
export async function resolveScorer(client: Client, scorer: ConfigFile['scorers'][number]): Promise<Scorer> {
	if (!('model' in scorer)) return scorer;
	const { model, ...judge } = scorer;
	const file = await chooseModel(client, model);
	const [parsed] = runConfigSchema.shape.scorers.parse([{ ...judge, modelFileId: file.id }]);
	if (parsed === undefined) throw new Error('a judge that is none');
	return parsed;
}

interface Notes {
	readonly note: (text: string) => void;
	readonly signal: AbortSignal;
}

/** Replaces a file by the dataset that holds it. */
async function datasetEntry(
	client: Client,
	entry: ConfigFile['dataset'],
	folder: string,
	notes: Notes,
): Promise<ConfigFile['dataset']> {
	if (typeof entry === 'string' || !('file' in entry)) {
		await assertNotFile(client, typeof entry === 'string' ? entry : entry.name, folder);
		return entry;
	}
	const { file, input, target, ...choice } = entry;
	return { name: await datasetOfFile(client, resolve(folder, file), { input, target }, notes), ...choice };
}

/** File names, as against names of datasets. */
const fileName = /[\\/]|\.(?:jsonl|ndjson|json|csv|tsv|ya?ml|parquet|xlsx?|txt|md|gz|zip)$/i;

/** Throws Failure `file-unreadable` for a name of no dataset that looks like that of a file next to the config. */
export async function assertNotFile(client: Client, name: string, folder: string): Promise<void> {
	if (!fileName.test(name)) return;
	const { datasets } = await client.datasets.list({});
	if (datasets.some((dataset) => dataset.name.toLowerCase() === name.trim().toLowerCase())) return;
	const path = resolve(folder, name);
	const exists = await stat(path).then(
		(facts) => facts.isFile(),
		() => false,
	);
	const named = datasets.length === 0 ? [] : [`Or name a dataset: ${datasets.map((one) => one.name).join(', ')}`];
	throw new Failure({
		code: 'file-unreadable',
		message: exists
			? `There is no dataset named “${name}”, but there is a file ${path}`
			: `There is no file ${path}, and no dataset named “${name}”`,
		next: [
			exists ? `Name it as a file in the config: {file: ${name}}` : 'Check the path, which is relative to the config',
			...named,
		],
	});
}

async function sha256Of(path: string): Promise<string> {
	const hash = createHash('sha256');
	try {
		await pipeline(createReadStream(path), hash);
	} catch (error) {
		const message = `${path} can’t be read: ${unreadableReason(error)}`;
		throw new Failure(
			{ code: 'file-unreadable', message, next: ['Check the path of the samples, which is relative to the config'] },
			{ cause: error },
		);
	}
	return hash.digest('hex');
}

/** Imports a file only once: the dataset's name contains the hash of its content and of the selected columns. */
export async function datasetOfFile(
	client: Client,
	path: string,
	{ input, target }: { readonly input?: string | undefined; readonly target?: string | undefined },
	{ note, signal }: Notes,
): Promise<string> {
	const columns = input === undefined && target === undefined ? '' : JSON.stringify([input, target]);
	const content = createHash('sha256')
		.update(`${await sha256Of(path)}${columns}`)
		.digest('hex');
	const name = `${basename(path, extname(path)).slice(0, 150)} (${content.slice(0, 12)})`;
	const { datasets } = await client.datasets.list({});
	const known = datasets.find((dataset) => dataset.name === name);
	if (known !== undefined) return known.name;
	const preview = await ended(client, await client.datasets.imports.preview({ paths: [path] }), signal);
	const found = await client.datasets.imports.previewed({ jobId: preview.id });
	const mapping =
		found.mapping === null || columns === ''
			? null
			: { ...found.mapping, ...(input === undefined ? {} : { input }), ...(target === undefined ? {} : { target }) };
	const job = await client.datasets.imports.start({ previewId: preview.id, into: { kind: 'new', name }, mapping });
	await ended(client, job, signal);
	const report = await client.datasets.imports.report({ jobId: job.id });
	note(`${report.added} samples of ${path} imported as “${name}”`);
	return report.dataset.name;
}

async function ended(client: Client, started: Job, signal: AbortSignal): Promise<Job> {
	let job = started;
	while (job.endedAt === null) {
		await wait(50, undefined, { signal });
		job = await client.jobs.get({ jobId: job.id });
	}
	if (job.failure !== null) throw new Failure(job.failure);
	return job;
}

/** Reads a config file, YAML or JSON. Throws Failure `config-unreadable`, and what `parseConfig` throws. */
export async function readConfig(path: string): Promise<ConfigFile>;
export async function readConfig<Schema extends z.ZodType>(
	path: string,
	schema: Schema,
	schemaCommand?: string,
): Promise<z.infer<Schema>>;
export async function readConfig(
	path: string,
	schema: z.ZodType = configFileSchema,
	schemaCommand?: string,
): Promise<unknown> {
	const bytes = await readStart(path, configFileLimit + 1).catch((error: unknown) => {
		throw new Failure(
			{
				code: 'config-unreadable',
				message: `${path} can’t be read: ${unreadableReason(error)}`,
				next: ['Check the path'],
			},
			{ cause: error },
		);
	});
	if (bytes.length > configFileLimit) {
		throw new Failure({
			code: 'config-unreadable',
			message: `${path} is too large for a config file: the limit is 1 MB`,
			next: ['Move samples to their own file, and name it under dataset'],
		});
	}
	return parseConfig(bytes.toString('utf8'), path, schema, schemaCommand);
}

async function readStart(path: string, most: number): Promise<Buffer> {
	return buffer(createReadStream(path, { end: most - 1 }));
}
