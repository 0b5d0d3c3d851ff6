import { copyFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { readCollectionContent } from '../../electron/context/retrieval/collection-content.ts';
import { createCollection, listCollections, listSources } from '../../electron/context/retrieval/collections.ts';
import { listDocuments, removeSource } from '../../electron/context/retrieval/documents.ts';
import { searchCollections } from '../../electron/context/retrieval/search-collections.ts';
import { get } from '../../electron/database/sql.ts';
import { benchWords, documentsDatabase } from './document-search.ts';
import type { BenchContext, Measurement, Outcome } from './measurement.ts';
import { openDocuments } from './open-documents.ts';

/** Notes the longest time, ms, that nothing else could run in this process, for each kind of work. */
function watchHolds() {
	const longest: Record<string, number> = {};
	let doing = 'nothing';
	let last = performance.now();
	const timer = setInterval(() => {
		const now = performance.now();
		longest[doing] = Math.max(longest[doing] ?? 0, now - last);
		last = now;
	}, 1);
	return {
		longest,
		async during<Result>(name: string, work: () => Result | Promise<Result>): Promise<Result> {
			await new Promise((resolve) => setTimeout(resolve, 20));
			doing = name;
			const result = await work();
			await new Promise((resolve) => setTimeout(resolve, 5));
			doing = 'nothing';
			return result;
		},
		stop: () => clearInterval(timer),
	};
}

const wordsOf = (ranks: readonly number[]): string => ranks.map((rank) => benchWords[rank]).join(' ');

/** What a large collection costs the process that everything else runs in. */
export const documentRemoval: Measurement = {
	name: 'document-removal',
	about: 'longest time that listing, filtering and removing a folder of 1,000,000 passages holds up the main process',
	unit: 'ms',
	target: { of: 'value', relation: 'at-most', limit: 50 },
	async run(context: BenchContext): Promise<Outcome> {
		await context.release();
		const chunks = context.quick ? 20_000 : 1_000_000;
		const path = join(context.folder, 'document-removal.db');
		copyFileSync(documentsDatabase(context, chunks, 60), path);
		const none = (): never => {
			throw new Error('there is no model');
		};
		const library = { all: () => [], modelFile: none, acquire: none, loaded: () => null, inBackground: () => null };
		const documents = openDocuments(path, library, context.note);
		const { database } = documents;
		const holds = watchHolds();
		const list = (text: string, offset = 0) =>
			holds.during(text === '' ? 'list' : 'filter', () =>
				listDocuments(documents, { collectionId: 1, text, limit: 200, offset }),
			);
		try {
			await context.settle();
			const { id } = await holds.during('create', () => createCollection(documents, { name: 'Other' }));
			await list('');
			await list('', 4_000);
			await list('ment 19');
			await list('not there');
			await holds.during('collections', () => [listCollections(documents, false), listSources(documents, 1)]);
			await holds.during('what a run depends on', () => readCollectionContent(database, 1, { vectors: true }));
			for (const ranks of [[3], [1, 2, 17], [900, 4_000]])
				await holds.during('search in some files', () =>
					searchCollections(documents, {
						collectionIds: [1],
						query: wordsOf(ranks),
						mode: 'bm25',
						filters: { file: 'ment 1' },
					}),
				);
			const began = performance.now();
			await holds.during('removal, marking', () => removeSource(documents, 1));
			const marked = performance.now() - began;
			await holds.during('removal', () => documents.indexed(1));
			const removed = performance.now() - began;
			await holds.during('search after it', () =>
				searchCollections(documents, { collectionIds: [1, id], query: wordsOf([3]), mode: 'bm25' }),
			);
			if (get<{ n: number }>(database, 'SELECT count(*) AS n FROM chunks')?.n !== 0)
				throw new Error('passages are left');
			return {
				values: [Math.max(...Object.values(holds.longest))],
				baselines: [],
				details: { chunks, ...holds.longest, untilNotFoundMs: marked, untilGoneMs: removed },
			};
		} finally {
			holds.stop();
			await documents.close();
			rmSync(path, { force: true });
		}
	},
};
