import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Collection } from '../../contract/documents/schema.ts';
import { starterCollectionName } from '../../contract/documents/starter.ts';
import { bundledTextsFolder } from '../../dataset/bundled-texts.ts';
import { type CollectionContext, createCollection, openCollection } from './collections.ts';
import { addText } from './documents.ts';
import { findCollection } from './store.ts';

/**
 * Makes a collection of the documents that the bundled questions are about, and begins to index them. Returns the one of
 * that name if there is one.
 */
export async function addStarterCollection(
	context: CollectionContext,
	folder = join(bundledTextsFolder, 'documents'),
): Promise<Collection> {
	const existing = findCollection(context.database, starterCollectionName);
	if (existing !== null) return openCollection(context, existing);
	const names = (await readdir(folder)).toSorted();
	const documents = await Promise.all(
		names.map(async (name) => ({ title: titleOf(name), text: await readFile(join(folder, name), 'utf8') })),
	);
	const { id } = createCollection(context, { name: starterCollectionName });
	for (const { title, text } of documents) addText(context, { collectionId: id, title, text });
	return openCollection(context, id);
}

/** "meeting-notes.md" → "Meeting notes.md" */
function titleOf(fileName: string): string {
	return fileName.charAt(0).toUpperCase() + fileName.slice(1).replaceAll('-', ' ');
}
