import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createDocumentLibrary } from '../../../electron/context/document-library.ts';
import { createDocumentSource } from '../../../electron/context/document-source.ts';
import { createCollection } from '../../../electron/context/retrieval/collections.ts';
import { addPaths } from '../../../electron/context/retrieval/documents.ts';
import { searchForTool } from '../../../electron/context/tools/built-in/search-documents.ts';
import type { ContextRequest } from '../../../electron/conversation/context-builder.ts';
import { documentsForTest } from '../../support/documents.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

test('every passage of a table reaches the model with the table’s header row', async () => {
	const context = documentsForTest();
	const folder = temporaryFolder();
	const rows = Array.from(
		{ length: 400 },
		(_, n) => `Station ${n},${40 + n / 100},${n % 7 === 0 ? 'gannets' : 'terns'}`,
	);
	writeFileSync(join(folder, 'stations.csv'), ['station,latitude,birds', ...rows].join('\n'));
	const { id } = createCollection(context, { name: 'Stations', settings: { chunkTokens: 64 } });
	await addPaths(context, { collectionId: id, paths: [folder], watch: false });
	await context.indexed(id);
	const source = createDocumentSource(createDocumentLibrary(context));
	const request = {
		...{ documents: [{ collectionId: id }], message: 'Where are gannets?', history: [], contextSize: 2_000 },
		room: async () => ({ free: 2_000, dropped: new Set<number>() }),
		countTokens: async (texts: readonly string[]) => texts.map(({ length }) => Math.ceil(length / 3)),
		signal: undefined,
	} as unknown as ContextRequest;
	const { pieces } = await source.collect(request);
	const passages = pieces.filter((piece) => piece.source !== null);
	expect(passages.length).toBeGreaterThan(2);
	for (const { text } of passages) expect(text.split('\n')[1]).toBe('station,latitude,birds');
	const asked = await searchForTool(context, 'gannets', 3, new AbortController().signal);
	expect(asked.match(/^station,latitude,birds$/gm)).toHaveLength(3);
});
