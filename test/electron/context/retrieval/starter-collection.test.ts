import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readText } from '../../../../electron/context/retrieval/chunk-store.ts';
import { openCollection } from '../../../../electron/context/retrieval/collections.ts';
import { searchCollections } from '../../../../electron/context/retrieval/search-collections.ts';
import { addStarterCollection } from '../../../../electron/context/retrieval/starter-collection.ts';
import { listDocumentRows } from '../../../../electron/context/retrieval/store.ts';
import { readExpectedSources } from '../../../../electron/evaluation/scorers/expected-sources.ts';
import { documentsForTest } from '../../../support/documents.ts';

const questions = readFileSync(new URL('../../../../texts/datasets/documents.jsonl', import.meta.url), 'utf8')
	.trim()
	.split('\n')
	.map((line) => JSON.parse(line) as { input: string; target: string; variables?: Record<string, string> });

test('the bundled questions name passages of the bundled documents, and a search by words finds most of them', async () => {
	const context = documentsForTest();
	const { id } = await addStarterCollection(context);
	await context.indexed(id);
	expect(await addStarterCollection(context)).toMatchObject({ id });
	const filter = { collectionId: id, states: ['ready'] as const, text: '' };
	const { documents } = listDocumentRows(context.database, filter, { limit: 100, offset: 0 });
	expect(openCollection(context, id)).toMatchObject({ documents: documents.length, failed: 0, waiting: 0 });
	expect(documents.length).toBeGreaterThanOrEqual(10);
	const texts = new Map(documents.map((one) => [one.title, readText(context.database, one.id)?.text ?? '']));

	const asked = questions.map((one) => ({
		...one,
		sources: readExpectedSources({ variables: one.variables ?? {}, metadata: {} }, 'sources'),
	}));
	const answerable = asked.filter(({ sources }) => sources !== null);
	expect(answerable.length).toBeGreaterThanOrEqual(40);
	expect(asked.length - answerable.length).toBeGreaterThanOrEqual(5);
	let found = 0;
	for (const { input, sources } of answerable) {
		for (const { document, quote } of sources ?? []) expect(texts.get(document), input).toContain(quote);
		const { passages } = await searchCollections(context, { collectionIds: [id], query: input, k: 4, mode: 'bm25' });
		const titles = passages.map(({ document }) => document);
		if (sources?.some(({ document }) => titles.includes(document))) found += 1;
	}
	expect(found / answerable.length).toBeGreaterThan(0.9);
});
