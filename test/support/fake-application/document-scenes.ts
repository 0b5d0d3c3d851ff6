import type { Page } from 'playwright-core';
import type { Chunk, Passage } from '../../../electron/contract/documents/schema.ts';
import { buildCollection, buildDocument } from './document-handlers.ts';
import type { FakeApplication } from './fake-application.ts';
import { type Scene, withHistory } from './scene.ts';

const folder = '/home/ada/observatory';

const texts: readonly (readonly [heading: readonly string[], page: number, text: string])[] = [
	[
		['Opening the dome'],
		3,
		'The dome opens only while the wind is below forty-five kilometres per hour. Check the mast on the north ridge first; its reading is the one that counts.',
	],
	[
		['Opening the dome', 'Before sunset'],
		4,
		'Remove the cover of the main mirror. Start the cooling of the camera: it needs two hours. Write the outside temperature into the log.',
	],
	[
		['Instruments', 'Calibration'],
		9,
		'Light from the thorium lamp needs twenty minutes to become steady. Compare the wind and the humidity of the dome with the log before a calibration.',
	],
];

const chunks: readonly Chunk[] = texts.map(([heading, page, text], index) => ({
	...{ id: index + 1, documentId: 1, position: index, text, start: 0, end: text.length, page, lastPage: page },
	...{ heading: [...heading], context: heading.slice(0, -1).join('\n'), tokens: Math.round(text.length / 4.2) },
}));

const passages: readonly Passage[] = chunks.map((chunk, index) => ({
	...{ chunkId: chunk.id, documentId: 1, collectionId: 1, document: 'Handbook of the Kestrel Observatory' },
	...{ path: `${folder}/handbook.pdf`, page: chunk.page, lastPage: chunk.lastPage, heading: chunk.heading },
	...{ context: chunk.context, start: chunk.start, end: chunk.end, text: chunk.text, tokens: chunk.tokens },
	...{ rank: index + 1, score: 0.0328 - index * 0.0011, matched: 1 - index * 0.3 },
	ranks: { bm25: index + 1, vector: index + 1, rerank: null },
	scores: { bm25: 7.21 - index, cosine: 0.612 - index * 0.08, rerank: null },
}));

/** A collection with documents of several formats, one of which can't be read. */
function withCollection(fake: FakeApplication): string {
	withHistory(fake);
	const data = fake.data.documents;
	const embeddingModel = { id: 9, name: 'all-MiniLM-L6-v2' };
	data.collections = [
		buildCollection(1, { name: 'Observatory', documents: 6, failed: 1, chunks: 212, vectors: 212, embeddingModel }),
		buildCollection(2, { name: 'Minutes of the board', documents: 48, chunks: 1_904, vectors: 0 }),
	];
	data.sources = [
		{
			...{ id: 1, kind: 'folder', path: folder, conversationId: null, datasetId: null, column: null },
			...{ watched: true, documents: 5, failure: null },
		},
	];
	data.documents = [
		buildDocument(1, {
			title: 'Handbook of the Kestrel Observatory',
			path: `${folder}/handbook.pdf`,
			format: 'pdf',
			pages: 24,
			chunks: 96,
		}),
		buildDocument(2, {
			title: 'Kestrel in ten minutes',
			path: `${folder}/slides/kestrel.pptx`,
			format: 'pptx',
			pages: 11,
			chunks: 19,
		}),
		buildDocument(3, { title: 'Stock of filters and lamps', path: `${folder}/stock.xlsx`, format: 'xlsx', chunks: 41 }),
		buildDocument(4, {
			...{
				title: 'scan-of-the-lease.pdf',
				path: `${folder}/scan-of-the-lease.pdf`,
				format: null,
				state: 'failed',
				chunks: 0,
			},
			failure: {
				code: 'pdf-without-text',
				message: 'The file scan-of-the-lease.pdf has 6 pages but no text. It is probably a scan.',
				next: ['Run it through text recognition (OCR), then use the result'],
			},
		}),
		buildDocument(5, { title: 'Notes on humidity', path: `${folder}/notes/humidity.md`, chunks: 8 }),
		buildDocument(6, { title: 'Mail from the manufacturer', format: 'text', chunks: 3 }),
	];
	data.chunks = [...chunks];
	data.result = {
		...{ outcome: 'found', passages: [...passages], mode: 'hybrid', notice: null },
		...{
			searched: { chunks: 212, vectors: 212 },
			timing: { embed: 4.1, bm25: 0.6, vector: 1.2, rerank: 0, total: 6.4 },
		},
	};
	return '/documents/1';
}

async function search(page: Page): Promise<void> {
	await page.getByRole('searchbox', { name: 'Search the documents' }).fill('wind at the dome');
	await page.getByText('of 212 in').waitFor();
}

export const documentScenes: Record<string, Scene> = {
	'documents-none': {
		prepare(fake) {
			withHistory(fake);
			return '/documents';
		},
	},
	'documents-empty': {
		prepare(fake) {
			withHistory(fake);
			fake.data.documents.collections = [buildCollection(1, { name: 'Observatory' })];
			return '/documents/1';
		},
	},
	documents: { prepare: withCollection },
	'documents-indexing': {
		prepare(fake) {
			const route = withCollection(fake);
			const { collections, documents } = fake.data.documents;
			collections[0] = { ...collections[0]!, jobId: 'index-1', waiting: 2, vectors: 90 };
			documents[4] = { ...documents[4]!, state: 'indexing', chunks: 0 };
			documents[5] = { ...documents[5]!, state: 'waiting', format: null, chunks: 0 };
			fake.data.documents.offersModel = true;
			fake.data.documents.job = {
				...{ id: 'index-1', kind: 'indexing', title: 'Observatory', state: 'running', done: 122, total: 212 },
				...{ unit: 'chunks', rate: 31, secondsLeft: 4, startedAt: Date.now() - 4_000, endedAt: null, failure: null },
			};
			return route;
		},
	},
	'documents-search': { prepare: withCollection, act: search },
	'documents-passage': {
		prepare: withCollection,
		async act(page) {
			await search(page);
			await page.getByRole('button', { name: /Before sunset/ }).click();
			await page.locator('mark', { hasText: 'Remove the cover' }).waitFor();
		},
	},
	'documents-search-failed': {
		prepare(fake) {
			const route = withCollection(fake);
			fake.data.documents.result = null;
			return route;
		},
		async act(page) {
			await page.getByRole('searchbox', { name: 'Search the documents' }).fill('wind');
			await page.getByText('can’t be loaded').waitFor();
		},
	},
	'documents-failed-one': {
		prepare: withCollection,
		async act(page) {
			await page
				.getByRole('button', { name: /scan-of-the-lease/ })
				.first()
				.click();
			await page.getByText('This document can’t be read').waitFor();
		},
	},
	'documents-settings': {
		prepare: withCollection,
		async act(page) {
			await page.getByRole('button', { name: 'Collection settings' }).click();
			await page.getByRole('dialog').getByText('Check the mast').waitFor();
		},
	},
	'documents-add': {
		prepare: withCollection,
		async act(page) {
			await page.getByRole('button', { name: 'Add documents' }).click();
			await page.getByRole('dialog').getByText('Drop files here').waitFor();
		},
	},
};
