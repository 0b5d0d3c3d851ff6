import { Failure } from '../../../models/contract/failure.ts';
import { said } from '../../../models/contract/said.ts';
import {
	type Collection,
	type CollectionChanges,
	type CollectionSettings,
	collectionSettingsSchema,
	type DocumentSource,
	defaultCollectionSettings,
} from '../../contract/documents/schema.ts';
import { dayMs } from '../../contract/durations.ts';
import { transaction } from '../../database/sql.ts';
import type { RetrievalContext } from './context.ts';
import { embeddingModelChooser, requireEmbeddingModel } from './embedding-model.ts';
import type { Indexer } from './indexer.ts';
import {
	type CollectionRow,
	countTrashed,
	findCollection,
	getCollectionRow,
	getLiveCollection,
	insertCollection,
	isCutting,
	listCollectionRows,
	setCollectionDeleted,
	setCollectionName,
	setCollectionSettings,
	setCutting,
	sourcesOf,
} from './store.ts';

/** Dependencies of use cases that change what is indexed. */
export interface CollectionContext extends RetrievalContext {
	readonly indexer: Indexer;
}

function collectionOf(
	context: CollectionContext,
	row: CollectionRow,
	modelOf = embeddingModelChooser(context),
): Collection {
	const { vectorModel: _, ...collection } = row;
	const { trashDays } = context.settings();
	const model = modelOf(row.settings);
	return {
		...collection,
		embeddingModel: model === null ? null : { id: model.id, name: model.name },
		jobId: context.indexer.jobOf(row.id),
		goneAt: row.deletedAt === null || trashDays === null ? null : row.deletedAt + trashDays * dayMs,
	};
}

function changed(context: CollectionContext, id: number): Collection {
	context.events.publish({ type: 'documents-changed', collectionId: id });
	return openCollection(context, id);
}

export function listCollections(
	context: CollectionContext,
	trash: boolean,
): { collections: Collection[]; inTrash: number } {
	const { database } = context;
	const modelOf = embeddingModelChooser(context);
	return {
		collections: listCollectionRows(database, trash).map((row) => collectionOf(context, row, modelOf)),
		inTrash: countTrashed(database),
	};
}

/** Reads a collection, also one in the trash. Throws Failure `collection-unknown`. */
export function openCollection(context: CollectionContext, id: number): Collection {
	return collectionOf(context, getCollectionRow(context.database, id));
}

/** Throws Failure `collection-exists`, `model-unknown`, `not-an-embedding-model`. */
export function createCollection(
	context: CollectionContext,
	{ name, settings = {} }: { readonly name: string; readonly settings?: CollectionChanges | undefined },
): Collection {
	const { database, clock } = context;
	requireFreeName(context, name, null);
	const complete = collectionSettingsSchema.parse({ ...defaultCollectionSettings, ...settings });
	requireModel(context, complete);
	return changed(context, insertCollection(database, { name, settings: complete }, clock()));
}

/** Throws Failure `collection-unknown`, `collection-exists`. */
export function renameCollection(context: CollectionContext, id: number, name: string): Collection {
	const { database, clock } = context;
	getLiveCollection(database, id);
	requireFreeName(context, name, id);
	setCollectionName(database, id, name, clock());
	return changed(context, id);
}

function requireModel(context: CollectionContext, { embeddingModelId }: CollectionSettings): void {
	if (embeddingModelId !== null) requireEmbeddingModel(context, embeddingModelId);
}

function requireFreeName({ database }: CollectionContext, name: string, ownId: number | null): void {
	const existing = findCollection(database, name);
	if (existing === null || existing === ownId) return;
	throw new Failure({
		code: 'collection-exists',
		message: said`There is already a collection named “${name}”.`,
		next: [said`Choose another name`, said`Add the documents to that collection`],
	});
}

/** Stores settings; documents are cut again, or vectors computed again, in the background. */
export async function setSettings(
	context: CollectionContext,
	id: number,
	settings: CollectionChanges,
): Promise<Collection> {
	const { database, clock, indexer } = context;
	const before = getLiveCollection(database, id).settings;
	const after = collectionSettingsSchema.parse({ ...before, ...settings });
	requireModel(context, after);
	const cut =
		isCutting(database, id) || before.chunkTokens !== after.chunkTokens || before.overlapTokens !== after.overlapTokens;
	transaction(database, () => {
		setCollectionSettings(database, id, after, clock());
		if (cut) setCutting(database, id, true);
	});
	if (cut) await indexer.cutAgain(id);
	indexer.start(id);
	return changed(context, id);
}

/** Moves a collection to the trash, and stops indexing it. */
export async function trashCollection(context: CollectionContext, id: number): Promise<Collection> {
	const { database, clock, indexer } = context;
	getLiveCollection(database, id);
	setCollectionDeleted(database, id, clock());
	await indexer.stop(id);
	return changed(context, id);
}

/** Takes a collection out of the trash; under another name if its own was taken meanwhile. */
export function restoreCollection(context: CollectionContext, id: number): Collection {
	const { database, clock, indexer } = context;
	const { name, deletedAt } = getCollectionRow(database, id);
	if (deletedAt === null) return openCollection(context, id);
	transaction(database, () => {
		setCollectionName(database, id, freeName(context, name), clock());
		setCollectionDeleted(database, id, null);
	});
	indexer.start(id);
	return changed(context, id);
}

function freeName({ database }: CollectionContext, name: string): string {
	let free = name;
	for (let n = 2; findCollection(database, free) !== null; n += 1) free = `${name} ${n}`;
	return free;
}

/** Returns where the documents of a collection come from. Throws Failure `collection-unknown`. */
export function listSources({ database }: CollectionContext, id: number): DocumentSource[] {
	getCollectionRow(database, id);
	return sourcesOf(database, id).map(({ collectionId: _, removedAt: __, failure, ...source }) => ({
		...source,
		failure: failure as DocumentSource['failure'],
	}));
}
