import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { Failure } from '../../../models/contract/failure.ts';
import type { Collection, Document, SearchMode } from '../../contract/documents/schema.ts';
import type { Client } from '../transport/rpc-client.ts';
import { type AddCommands, type CommandContext, examples, wholeNumber } from './command.ts';
import { exitCode, UsageError } from './exit-codes.ts';
import { followJob } from './follow-job.ts';
import { counted, emptyList, moment, oneLine, table } from './table.ts';
import { withApplication } from './with-application.ts';

/** Most documents that one list prints. */
const mostListed = 1_000;

/** Characters of a passage that people see; the JSON has all of it. */
const excerptCharacters = 300;

/** `assay documents`: collections of documents, and searching them. */
export const addDocuments: AddCommands = (program, execute) => {
	const documents = program.command('documents').description('collect documents and search them by words and meaning');
	documents
		.command('add <collection> <paths...>')
		.description('add files and folders to a collection, which is created if it does not exist, and index them')
		.option('--no-watch', 'do not watch the files for later changes')
		.addHelpText('after', examples('documents add Manuals ~/manuals', 'documents add Notes a.pdf b.md --no-watch'))
		.action((collection: string, paths: string[], options: { watch: boolean }, command: Command) =>
			execute(command, (context) => addPaths(context, collection, paths, options.watch)),
		);
	documents
		.command('list [collection]')
		.description('list collections, or the documents of one')
		.option('--trash', 'list the collections in the trash, or the documents of one of them', false)
		.addHelpText('after', examples('documents list', 'documents list Manuals --json'))
		.action((collection: string | undefined, { trash }: { trash: boolean }, command: Command) =>
			execute(command, (context) =>
				collection === undefined ? listCollections(context, trash) : listDocuments(context, collection, trash),
			),
		);
	documents
		.command('search <collection> <query>')
		.description('print the passages that fit a query best')
		.option('-k, --k <n>', 'number of passages', wholeNumber(1), 10)
		.addOption(
			new Option('--mode <mode>', 'by words (bm25), by meaning (vector), or both')
				.choices(['hybrid', 'bm25', 'vector'])
				.default('hybrid'),
		)
		.option('--file <text>', 'only documents whose path or title contains this')
		.option('--rerank <model>', 'rerank the passages with a reranker or a chat model')
		.addHelpText(
			'after',
			examples('documents search Manuals "reset the router"', 'documents search 2 tides --k 3 --json'),
		)
		.action((collection: string, query: string, options: SearchOptions, command: Command) =>
			execute(command, (context) => search(context, collection, query, options)),
		);
	documents
		.command('remove <collection> [documents...]')
		.description(
			'take documents or folders out of a collection, by number, path or title; without any, move it to the trash',
		)
		.addHelpText(
			'after',
			examples('documents remove Manuals old.pdf', 'documents remove Manuals ~/manuals', 'documents remove Manuals'),
		)
		.action((collection: string, named: string[], _options, command: Command) =>
			execute(command, (context) => remove(context, collection, named)),
		);
	documents
		.command('restore <collection>')
		.description('take a collection out of the trash')
		.addHelpText('after', examples('documents restore Manuals'))
		.action((collection: string, _options, command: Command) =>
			execute(command, (context) => restore(context, collection)),
		);
	documents
		.command('empty-trash')
		.description('permanently delete the collections in the trash; without --yes, only count them')
		.option('--yes', 'delete them; this can’t be undone', false)
		.addHelpText('after', examples('documents empty-trash --yes'))
		.action(({ yes }: { yes: boolean }, command: Command) => execute(command, (context) => emptyTrash(context, yes)));
	documents
		.command('refresh <collection>')
		.description('look for changed files, and index the documents that are waiting')
		.addHelpText('after', examples('documents refresh Manuals'))
		.action((collection: string, _options, command: Command) =>
			execute(command, (context) => refresh(context, collection)),
		);
	documents
		.command('add-starter')
		.description('add the bundled documents, which the dataset “Questions about documents” asks about')
		.addHelpText('after', examples('documents add-starter'))
		.action((_options, command: Command) => execute(command, addStarter));
	documents
		.command('fetch-model')
		.description('download all-MiniLM-L6-v2, so that documents are also found by meaning')
		.addHelpText('after', examples('documents fetch-model'))
		.action((_options, command: Command) => execute(command, fetchModel));
};

interface SearchOptions {
	readonly k: number;
	readonly mode: SearchMode;
	readonly file?: string;
	readonly rerank?: string;
}

/** Finds a collection by its number or name; null: none. */
async function lookUp(client: Client, text: string, trash = false): Promise<Collection | null> {
	const { collections } = await client.collections.list({ trash });
	const named = collections.find(({ name }) => name.toLowerCase() === text.toLowerCase());
	return named ?? collections.find(({ id }) => String(id) === text) ?? null;
}

/** Finds a collection by its number or name. Throws Failure `collection-unknown`. */
export async function findCollection(client: Client, text: string, trash = false): Promise<Collection> {
	const found = await lookUp(client, text, trash);
	if (found !== null) return found;
	throw new Failure({
		code: 'collection-unknown',
		message: trash ? `There is no collection “${text}” in the trash.` : `There is no collection “${text}”.`,
		next: [`See assay documents list${trash ? ' --trash' : ''}`],
	});
}

async function addStarter(context: CommandContext): Promise<number> {
	return await withApplication(context, async (client) => {
		const { id, jobId } = await client.collections.addStarter();
		return await index(context, client, id, jobId);
	});
}

async function addPaths(
	context: CommandContext,
	name: string,
	paths: readonly string[],
	watch: boolean,
): Promise<number> {
	if (name.trim() === '') throw new UsageError('the collection has no name');
	return await withApplication(context, async (client) => {
		const known = await lookUp(client, name);
		const collection = known ?? (await client.collections.create({ name }));
		const given = paths.map((path) => resolve(path));
		const { jobId } = await client.documents
			.addPaths({ collectionId: collection.id, paths: given, watch })
			.catch(async (error: unknown) => {
				// Nothing is left of what this command made for nothing.
				if (known === null) {
					await client.collections.remove({ id: collection.id });
					await client.collections.emptyTrash({ ids: [collection.id] });
				}
				throw error;
			});
		const ended = await index(context, client, collection.id, jobId);
		return ended === exitCode.done && (await isAnyLost(client, collection.id, given)) ? exitCode.failed : ended;
	});
}

/** Whether nothing could be read of a file or folder that was named. */
async function isAnyLost(client: Client, collectionId: number, paths: readonly string[]): Promise<boolean> {
	const named = new Set(await Promise.all(paths.map((path) => realpath(path).catch(() => path))));
	const { sources } = await client.collections.sources({ id: collectionId });
	const { documents } = await client.documents.list({ collectionId, states: ['failed'], limit: mostListed });
	return sources.some(({ id, path, documents: all }) => {
		const failed = documents.filter(({ sourceId }) => sourceId === id).length;
		return path !== null && named.has(path) && failed > 0 && failed === Math.min(all, mostListed);
	});
}

async function refresh(context: CommandContext, name: string): Promise<number> {
	return await withApplication(context, async (client) => {
		const { id } = await findCollection(client, name);
		const { jobId } = await client.collections.refresh({ id });
		return await index(context, client, id, jobId);
	});
}

/** Follows the indexing of a collection and tells what came of it. */
async function index(
	context: CommandContext,
	client: Client,
	collectionId: number,
	jobId: string | null,
): Promise<number> {
	const { output } = context;
	if (jobId !== null) {
		const ended = await followJob(client, await client.jobs.get({ jobId }), 'Indexing', context);
		if (ended === null) return context.interrupt.exitCode;
	}
	const collection = await client.collections.get({ id: collectionId });
	const { documents: failed } = await client.documents.list({ collectionId, states: ['failed'], limit: mostListed });
	for (const { title, failure } of failed) output.warn(`${title}: ${failure?.message ?? 'it can’t be read'}`);
	const { models } = await client.embeddingModels.list();
	if (collection.settings.vectors && models.length === 0)
		output.note('Documents are found by words only. To find them by meaning too: assay documents fetch-model');
	const { name, documents, chunks, vectors } = collection;
	output.result(
		{ collection, failed },
		`${name}: ${counted(documents, 'document')}, ${counted(chunks, 'passage')}, ${counted(vectors, 'vector')}`,
	);
	return exitCode.done;
}

async function listCollections(context: CommandContext, trash: boolean): Promise<number> {
	const { collections, inTrash } = await withApplication(context, (client) => client.collections.list({ trash }));
	const rows = collections.map(({ id, name, documents, failed, chunks, vectors, updatedAt }) => [
		String(id),
		oneLine(name, 50),
		documents.toLocaleString('en'),
		failed.toLocaleString('en'),
		chunks.toLocaleString('en'),
		vectors.toLocaleString('en'),
		moment(updatedAt),
	]);
	const none = trash
		? 'The trash holds no collections.'
		: emptyList(
				'No collections yet. Create one: assay documents add <name> <path>',
				'collections',
				inTrash,
				'documents list',
			);
	const head = ['ID', 'NAME', 'DOCUMENTS', 'FAILED', 'PASSAGES', 'VECTORS', 'CHANGED'];
	context.output.result({ collections, inTrash }, rows.length === 0 ? none : table(head, rows));
	return exitCode.done;
}

async function listDocuments(context: CommandContext, name: string, trash: boolean): Promise<number> {
	const { collection, documents, total } = await withApplication(context, async (client) => {
		const found = await findCollection(client, name, trash);
		return { collection: found, ...(await client.documents.list({ collectionId: found.id, limit: mostListed })) };
	});
	const rows = documents.map(({ id, title, format, state, failure, chunks }) => [
		String(id),
		oneLine(title, 60),
		format ?? '',
		chunks.toLocaleString('en'),
		failure === null ? state : oneLine(`${state}: ${failure.message}`, 80),
	]);
	context.output.result(
		{ collection, documents, total },
		rows.length === 0
			? 'This collection has no documents.'
			: table(['ID', 'TITLE', 'FORMAT', 'PASSAGES', 'STATE'], rows),
	);
	if (documents.length < total) context.output.warn(`The first ${documents.length} of ${total} documents.`);
	return exitCode.done;
}

async function search(
	context: CommandContext,
	name: string,
	query: string,
	{ k, mode, file, rerank }: SearchOptions,
): Promise<number> {
	if (query.trim() === '') throw new UsageError('no query given');
	const { output } = context;
	const found = await withApplication(context, async (client) => {
		const { id } = await findCollection(client, name);
		return await client.documents.search({
			collectionIds: [id],
			query,
			k,
			mode,
			filters: file === undefined ? {} : { file },
			rerank: rerank === undefined ? null : { modelFileId: await modelId(client, rerank) },
		});
	});
	const results = found.passages.map((passage) => ({
		rank: passage.rank,
		score: passage.score,
		file: passage.path ?? passage.document,
		page: passage.page,
		heading: passage.heading,
		offset: passage.start,
		text: passage.text,
		chunkId: passage.chunkId,
		documentId: passage.documentId,
		ranks: passage.ranks,
		scores: passage.scores,
	}));
	const { outcome, timing, notice } = found;
	if (notice !== null) output.warn(notice);
	if (outcome === 'nothing-relevant')
		output.warn(
			results.length === 0 ? 'Nothing relevant was found.' : 'Nothing relevant was found; the closest passages:',
		);
	const text = results.map(({ rank, file: path, page, heading, text: passage }) => {
		const place = [path, ...(page === null ? [] : [`page ${page}`]), ...heading].join(' › ');
		return `${rank}. ${oneLine(place, 160)}\n   ${oneLine(passage, excerptCharacters)}`;
	});
	output.result({ results, outcome, mode: found.mode, timing }, text.join('\n\n'));
	return exitCode.done;
}

async function modelId(client: Client, text: string): Promise<number> {
	const { models } = await client.models.list();
	const found =
		models.find(({ id }) => String(id) === text) ??
		models.find(({ name, path }) => name.toLowerCase() === text.toLowerCase() || path === resolve(text));
	if (found !== undefined) return found.id;
	throw new Failure({
		code: 'model-unknown',
		message: `The library has no model “${text}”.`,
		next: ['See assay models list', 'Add it: assay models add <path>'],
	});
}

async function remove(context: CommandContext, name: string, named: readonly string[]): Promise<number> {
	return await withApplication(context, async (client) => {
		const collection = await findCollection(client, name);
		if (named.length === 0) {
			await client.collections.remove({ id: collection.id });
			context.output.result({ collection }, `Moved to the trash: ${collection.name}`);
			return exitCode.done;
		}
		const { sources } = await client.collections.sources({ id: collection.id });
		const folders: number[] = [];
		const documentIds: number[] = [];
		for (const text of named) {
			const folder = sources.find(({ kind, path }) => kind === 'folder' && path === resolve(text));
			if (folder === undefined) documentIds.push((await documentNamed(client, collection.id, text)).id);
			else folders.push(folder.id);
		}
		let removed = documentIds.length === 0 ? 0 : (await client.documents.remove({ ids: documentIds })).removed;
		for (const sourceId of folders) {
			const taken = await client.collections.removeSource({ sourceId });
			removed += taken.documentIds.length;
			documentIds.push(...taken.documentIds);
		}
		const { jobId } = await client.collections.get({ id: collection.id });
		// What is left of them in the index after an interruption goes at the next start.
		if (jobId !== null) await followJob(client, await client.jobs.get({ jobId }), 'Removing', context);
		context.output.result({ collection, removed, documentIds }, `Removed ${counted(removed, 'document')}`);
		return exitCode.done;
	});
}

/** Finds a document by its path, title or number. Throws Failure `document-unknown`. */
async function documentNamed(client: Client, collectionId: number, text: string): Promise<Document> {
	const like = async (part: string): Promise<Document[]> =>
		(await client.documents.list({ collectionId, text: part.slice(0, 1_000), limit: mostListed })).documents;
	const path = resolve(text);
	const found =
		(await like(path)).find((document) => document.path === path) ??
		(await like(text)).find(({ title }) => title.toLowerCase() === text.toLowerCase()) ??
		(/^\d+$/.test(text) ? await client.documents.get({ id: Number(text) }).catch(() => undefined) : undefined);
	if (found?.collectionId === collectionId) return found;
	throw new Failure({
		code: 'document-unknown',
		message: `The collection has no document “${text}”.`,
		next: ['See assay documents list <collection>'],
	});
}

async function restore(context: CommandContext, name: string): Promise<number> {
	const collection = await withApplication(context, async (client) =>
		client.collections.restore({ id: (await findCollection(client, name, true)).id }),
	);
	context.output.result({ collection }, `Restored ${collection.name}`);
	return exitCode.done;
}

async function emptyTrash(context: CommandContext, yes: boolean): Promise<number> {
	return await withApplication(context, async (client) => {
		const { collections } = await client.collections.list({ trash: true });
		if (!yes) {
			context.output.result(
				{ deleted: false, collections: collections.length },
				collections.length === 0
					? 'The trash holds no collections.'
					: `The trash holds ${counted(collections.length, 'collection')}. To delete permanently: assay documents empty-trash --yes`,
			);
			return exitCode.done;
		}
		const emptied = await client.collections.emptyTrash({});
		context.output.result({ deleted: true, ...emptied }, `Deleted ${counted(emptied.collections, 'collection')}`);
		return exitCode.done;
	});
}

async function fetchModel(context: CommandContext): Promise<number> {
	return await withApplication(context, async (client) => {
		const { offered, models: before } = await client.embeddingModels.list();
		if (offered === null) {
			context.output.result({ models: before }, `The library has an embedding model: ${before[0]?.name ?? ''}`);
			return exitCode.done;
		}
		const { jobId } = await client.embeddingModels.fetch();
		const ended = await followJob(client, await client.jobs.get({ jobId }), 'Downloading', context);
		if (ended === null) return context.interrupt.exitCode;
		const { models } = await client.embeddingModels.list();
		const { collections } = await client.collections.list({ trash: false });
		for (const { name, chunks, vectors } of collections)
			if (vectors < chunks) context.output.note(`To find “${name}” by meaning too: assay documents refresh "${name}"`);
		context.output.result({ models }, `Added ${models[0]?.name ?? offered.name}`);
		return exitCode.done;
	});
}
