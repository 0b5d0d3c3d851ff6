import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { basename, dirname, extname, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { Failure } from '../../../../models/contract/failure.ts';
import { type RunConfig, runConfigSchema } from '../../../contract/evaluation/config.ts';
import type { ConfigFile } from '../../../contract/evaluation/config-file/config-file.ts';
import type { Scorer } from '../../../contract/evaluation/scorer.ts';
import type { Job } from '../../../contract/job/job.ts';
import type { PromptVersion } from '../../../contract/prompt/prompt.ts';
import type { Client } from '../../ownership/attach.ts';
import type { CommandContext } from '../command.ts';
import { chooseModel } from '../model/choose-model.ts';

/** Names become things of the library, and files are brought in. `path`: of the config file. */
export async function resolveConfig(
	{ output, interrupt }: Pick<CommandContext, 'output' | 'interrupt'>,
	client: Client,
	config: ConfigFile,
	path: string,
): Promise<RunConfig> {
	const note = (text: string): void => output.note(text);
	const dataset = await datasetOf(client, config.dataset, dirname(resolve(path)), { note, signal: interrupt.signal });
	const promptVersionIds: number[] = [];
	for (const prompt of config.prompts) promptVersionIds.push(await promptOf(client, prompt, note));
	const models = config.models ?? [await defaultModel(client)];
	const modelFileIds: number[] = [];
	for (const model of models) modelFileIds.push((await chooseModel(client, model)).id);
	const scorers: Scorer[] = [];
	for (const scorer of config.scorers) scorers.push(await scorerOf(client, scorer));
	const { techniques, parameters, epochs, seed, width, shardSize, contextSize, threads, criteria } = config;
	return runConfigSchema.parse({
		...{ name: config.name, dataset, promptVersionIds, modelFileIds, techniques, parameters, scorers, criteria },
		...{ epochs, seed, width, shardSize, contextSize, threads },
	});
}

async function defaultModel(client: Client): Promise<string> {
	const { models } = await client.models.list();
	const model = models.find((one) => one.default) ?? models[0];
	if (model !== undefined) return model.path;
	throw new Failure({ code: 'no-model', message: 'The library has no model yet', next: ['Get the starter model'] });
}

/** A judge's model is looked up in the library. */
export async function scorerOf(client: Client, scorer: ConfigFile['scorers'][number]): Promise<Scorer> {
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

type Names = readonly { readonly id: number; readonly name: string }[];

function byName<Item extends Names[number]>(items: readonly Item[], name: string, what: string): Item {
	const found = items.find((item) => item.name.toLowerCase() === name.toLowerCase());
	if (found !== undefined) return found;
	const names = items.slice(0, 20).map((item) => item.name);
	throw new Failure({
		code: `${what}-unknown`,
		message: `There is no ${what} called “${name}”`,
		next: names.length === 0 ? [`See assay ${what}s --help`] : [`There is: ${names.join(', ')}`],
	});
}

async function datasetOf(
	client: Client,
	entry: ConfigFile['dataset'],
	folder: string,
	notes: Notes,
): Promise<RunConfig['dataset']> {
	const { split = null, tags = [], limit = null } = typeof entry === 'string' ? {} : entry;
	const part = { split, tags, limit };
	if (typeof entry !== 'string' && 'file' in entry) {
		return {
			datasetId: await datasetOfFile(client, resolve(folder, entry.file), entry, notes),
			versionId: null,
			...part,
		};
	}
	const { datasets } = await client.datasets.list({});
	const { name, version: wanted } = typeof entry === 'string' ? { name: entry, version: undefined } : entry;
	const dataset = byName(datasets, name, 'dataset');
	if (wanted === undefined) return { datasetId: dataset.id, versionId: null, ...part };
	const { versions } = await client.datasets.get({ id: dataset.id });
	return { datasetId: dataset.id, versionId: byNumber(dataset.name, versions, wanted).id, ...part };
}

/** Throws Failure `version-unknown`. */
function byNumber<Version extends { readonly number: number }>(
	name: string,
	versions: readonly Version[],
	wanted: number,
): Version {
	const found = versions.find(({ number }) => number === wanted);
	if (found !== undefined) return found;
	throw new Failure({
		code: 'version-unknown',
		message: `“${name}” has no version ${wanted}`,
		next: [`It has: ${versions.map(({ number }) => number).join(', ')}`],
	});
}

async function sha256Of(path: string): Promise<string> {
	const hash = createHash('sha256');
	try {
		await pipeline(createReadStream(path), hash);
	} catch (error) {
		const message = `${path} can't be read (${error instanceof Error ? error.message : String(error)})`;
		throw new Failure(
			{ code: 'file-unreadable', message, next: ['Check the path under dataset, which is relative to the config'] },
			{ cause: error },
		);
	}
	return hash.digest('hex');
}

/** A file is brought in once: the name of its dataset holds the hash of its content and of the columns taken. */
async function datasetOfFile(
	client: Client,
	path: string,
	{ input, target }: { readonly input?: string | undefined; readonly target?: string | undefined },
	{ note, signal }: Notes,
): Promise<number> {
	const columns = input === undefined && target === undefined ? '' : JSON.stringify([input, target]);
	const content = createHash('sha256')
		.update(`${await sha256Of(path)}${columns}`)
		.digest('hex');
	const name = `${basename(path, extname(path)).slice(0, 150)} (${content.slice(0, 12)})`;
	const { datasets } = await client.datasets.list({});
	const known = datasets.find((dataset) => dataset.name === name);
	if (known !== undefined) return known.id;
	const preview = await ended(client, await client.datasets.imports.preview({ paths: [path] }), signal);
	const found = await client.datasets.imports.previewed({ jobId: preview.id });
	const mapping =
		found.mapping === null || columns === ''
			? null
			: { ...found.mapping, ...(input === undefined ? {} : { input }), ...(target === undefined ? {} : { target }) };
	const job = await client.datasets.imports.start({ previewId: preview.id, into: { kind: 'new', name }, mapping });
	await ended(client, job, signal);
	const report = await client.datasets.imports.report({ jobId: job.id });
	note(`${report.added} samples of ${path} brought in as “${name}”`);
	return report.dataset.id;
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

/**
 * The version that says the same: the newest of any prompt, or any of the prompt of that name. Else that prompt gets a
 * further version, or there is a new one.
 */
async function promptOf(
	client: Client,
	entry: ConfigFile['prompts'][number],
	note: (text: string) => void,
): Promise<number> {
	const { prompts } = await client.prompts.list({});
	if (typeof entry === 'string') return byName(prompts, entry, 'prompt').latest.id;
	if ('template' in entry) {
		const { system, template, example } = entry;
		const same = (version: PromptVersion): boolean =>
			version.system === system && version.template === template && version.example === example;
		const known = prompts.find(
			({ latest, name }) =>
				same(latest) && (entry.name === undefined || name.toLowerCase() === entry.name.toLowerCase()),
		);
		if (known !== undefined) return known.latest.id;
		const name = entry.name ?? (template.replace(/\s+/g, ' ').trim().slice(0, 60) || 'Prompt');
		const taken = prompts.find((prompt) => prompt.name.toLowerCase() === name.toLowerCase());
		const { versions } = taken === undefined ? { versions: [] } : await client.prompts.get({ id: taken.id });
		const earlier = versions.find(same);
		if (earlier !== undefined) return earlier.id;
		const content = { system, template, example, note: 'From a config file' };
		const prompt =
			taken === undefined
				? await client.prompts.create({ name, ...content })
				: await client.prompts.addVersion({ id: taken.id, ...content });
		note(`Prompt “${name}” version ${prompt.latest.number} added`);
		return prompt.latest.id;
	}
	const prompt = byName(prompts, entry.name, 'prompt');
	if (entry.version === undefined) return prompt.latest.id;
	const { versions } = await client.prompts.get({ id: prompt.id });
	return byNumber(prompt.name, versions, entry.version).id;
}
