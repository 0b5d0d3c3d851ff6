import { describe, expect, test } from 'vitest';
import { insertChunk } from '../../../../electron/context/retrieval/chunk-store.ts';
import { queryWords } from '../../../../electron/context/retrieval/query-words.ts';
import { insertDocument, insertSource, setIndexing, setReady } from '../../../../electron/context/retrieval/store.ts';
import { WordSearch } from '../../../../electron/context/retrieval/word-search.ts';
import type { WritableDatabase } from '../../../../electron/database/database.ts';
import { run, transaction } from '../../../../electron/database/sql.ts';
import { createDatabase } from '../../../support/database.ts';

/** Puts each text in a document of one chunk; the ids of chunks count from 1. */
function fill(database: WritableDatabase, texts: readonly string[], collectionId = 1): void {
	transaction(database, () => {
		run(database, `INSERT INTO collections (id, name, created_at, updated_at) VALUES (:id, :name, 1, 1)`, {
			id: collectionId,
			name: `c ${collectionId}`,
		});
		const sourceId = insertSource(database, { collectionId, kind: 'text' }, 1);
		for (const text of texts) {
			const id = insertDocument(database, { collectionId, sourceId, title: 'd' }, 1);
			const place = { position: 0, start: 0, end: text.length, page: null, lastPage: null, heading: [], context: '' };
			insertChunk(database, id, collectionId, { ...place, text, tokens: 1 });
			setIndexing(database, id);
			setReady(database, id, { chunks: 1, vectors: 0, tokens: 1 }, 1);
		}
	});
}

const scope = { collectionIds: [1], documentIds: null, k: 10_000 };

const corpus = [
	'The cat sat on the mat. The cat slept.',
	'A dog barked at the cat next door, and the door was shut',
	'Tides rise twice a day because the moon pulls the sea',
	'Bread: flour, water, salt and yeast; let the dough rise',
	'the the the the of of and',
	'Owls hunt at night',
	'Über die Brücke ging der Müller',
	'A door, a door, my kingdom for a door!',
];

/**
 * BM25 as SQLite's documentation of FTS5 states it: k1 = 1.2, b = 0.75, and an inverse document frequency of at least
 * 10⁻⁶. A row's length counts its column `place`, one word.
 */
function bm25(texts: readonly string[], query: readonly string[], row: number): number {
	const words = texts.map((text) => [...(fold(text).match(/[a-z0-9]+/g) ?? []), 'place']);
	const average = words.reduce((sum, { length }) => sum + length, 0) / words.length;
	return query.reduce((sum, word) => {
		const having = words.filter((own) => own.includes(word)).length;
		const rarity = Math.max(1e-6, Math.log((words.length - having + 0.5) / (having + 0.5)));
		const frequency = words[row]!.filter((own) => own === word).length;
		const length = 1 - 0.75 + (0.75 * words[row]!.length) / average;
		return sum + (rarity * frequency * (1.2 + 1)) / (frequency + 1.2 * length);
	}, 0);
}

const fold = (text: string): string => text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();

describe('a search by words', () => {
	test.each([['cat'], ['cat door'], ['MÜLLER brucke'], ['moon sea rise dough flour'], ['a door for my cat']])(
		'scores "%s" by the formula that SQLite states',
		(query) => {
			const { database } = createDatabase();
			fill(database, corpus);
			const { hits } = new WordSearch(database).search(queryWords(query), scope);
			const useful = queryWords(query);
			const expected = corpus
				.map((_, row) => ({ chunkId: row + 1, bm25: bm25(corpus, useful, row) }))
				.filter((hit) => hit.bm25 > 0)
				.toSorted((a, b) => b.bm25 - a.bm25);
			expect(hits.map(({ chunkId }) => chunkId)).toEqual(expected.map(({ chunkId }) => chunkId));
			for (const [index, hit] of hits.entries()) expect(hit.bm25).toBeCloseTo(expected[index]!.bm25, 10);
		},
	);

	test('finds a word that nothing contained when it was searched for first', () => {
		const { database } = createDatabase();
		fill(
			database,
			Array.from({ length: 100 }, () => 'red ball'),
		);
		const search = new WordSearch(database);
		expect(search.search(['newt'], scope).hits).toEqual([]);
		fill(database, ['a newt'], 2);
		expect(search.search(['newt'], { ...scope, collectionIds: [2] }).hits).toMatchObject([{ chunkId: 101 }]);
	});

	test('scores a common word beside a rare one exactly, though only chunks with the rare one are read', () => {
		const { database } = createDatabase();
		// `often` is in a third of all chunks, more than may be read; `seldom` in three.
		const texts = Array.from({ length: 30_000 }, (_, index) =>
			[
				index % 3 === 0 ? 'often' : 'never',
				index % 10_000 === 0 ? 'seldom' : 'other',
				...Array.from({ length: index % 5 }, () => 'filler'),
			].join(' '),
		);
		fill(database, texts);
		const { hits } = new WordSearch(database).search(['often', 'seldom'], { ...scope, k: 10 });
		expect(hits).toHaveLength(3);
		for (const { chunkId, bm25: score } of hits)
			expect(score).toBeCloseTo(bm25Fast(texts, ['often', 'seldom'], chunkId - 1), 8);
	});

	test('asks for all words where every word is common, and answers within its limits', () => {
		const { database } = createDatabase();
		const texts = Array.from(
			{ length: 20_000 },
			(_, n) => `${n % 3 === 0 ? 'red' : 'blue'} ${n % 4 === 0 ? 'box' : 'ball'}`,
		);
		fill(database, texts);
		const { hits, words } = new WordSearch(database).search(['red', 'box'], { ...scope, k: 20 });
		expect(words.map(({ chunks }) => chunks)).toEqual([6_667, 5_000]);
		expect(hits).toHaveLength(20);
		for (const { chunkId } of hits) expect(texts[chunkId - 1]).toBe('red box');
	});

	test('finds common words in one document after thousands of others', () => {
		const { database } = createDatabase();
		const texts = Array.from({ length: 20_000 }, (_, n) => (n % 3 === 0 ? 'red ball' : 'blue box'));
		fill(database, texts);
		const last = texts.length - 1;
		expect(texts[last - 1]).toBe('red ball');
		const search = new WordSearch(database);
		for (const collectionIds of [[1], [1, 2]]) {
			const { hits } = search.search(['red'], { collectionIds, documentIds: [2, last], k: 10 });
			expect(hits.map(({ chunkId }) => chunkId)).toEqual([last]);
		}
		expect(search.search(['red'], { ...scope, documentIds: [] }).hits).toEqual([]);
	});

	test('finds nothing by words that most of many chunks have', () => {
		const { database } = createDatabase();
		const texts = Array.from({ length: 9_000 }, (_, n) => (n % 5 === 0 ? 'a cat' : 'the dog'));
		fill(database, texts);
		expect(new WordSearch(database).search(['the'], scope).hits).toEqual([]);
	});

	test('stays within its collections and documents', () => {
		const { database } = createDatabase();
		fill(
			database,
			Array.from({ length: 50 }, () => 'tides and moons'),
		);
		fill(database, ['tides of another collection', 'bread'], 2);
		const search = new WordSearch(database);
		expect(search.search(['another'], scope).hits).toEqual([]);
		expect(search.search(['another'], { ...scope, collectionIds: [2] }).hits).toMatchObject([{ chunkId: 51 }]);
		expect(search.search(['bread'], { ...scope, collectionIds: [1, 2], documentIds: [52] }).hits).toHaveLength(1);
		expect(search.search(['bread'], { ...scope, collectionIds: [1, 2], documentIds: [51] }).hits).toEqual([]);
	});

	test('never answers with chunks of another collection that is still being indexed', () => {
		const { database } = createDatabase();
		fill(database, ['tides', 'bread', 'cake', 'tea']);
		fill(database, ['tides of another collection'], 2);
		run(database, `UPDATE documents SET state = 'indexing', chunks = 0 WHERE collection_id = 2`);
		const { hits, words } = new WordSearch(database).search(['tides'], scope);
		expect(hits.map(({ chunkId }) => chunkId)).toEqual([1]);
		run(database, 'UPDATE documents SET chunks = 0');
		expect(words[0]?.weight).toBeGreaterThan(0);
		expect(new WordSearch(database).search(['tides'], scope).words[0]?.weight).toBeGreaterThan(0);
	});

	test.each([
		['"'],
		['NEAR(a b) AND OR NOT'],
		["'; DROP TABLE chunks; --"],
		['text : cat* ^a + -b {place} : c1'],
		['\0 \uD800 🙂 ﷽'],
		['('.repeat(50_000)],
		[Array.from({ length: 5_000 }, (_, n) => `word${n}`).join(' ')],
	])('takes any text as words (%#)', (query) => {
		const { database } = createDatabase();
		fill(database, corpus);
		expect(() => new WordSearch(database).search(queryWords(query), scope)).not.toThrow();
	});

	test.each([
		['Майский йогурт и ёлка', 'йогурт'],
		['Майский йогурт и ёлка', 'ЁЛКА'],
		['Майский йогурт и ёлка'.normalize('NFD'), 'ёлка'],
		['Η γάτα ανεβαίνει στο δέντρο', 'γάτα'],
		['Ο ΔΡΌΜΟΣ είναι μακρύς', 'δρόμος μακρύς'],
		['أكل القط السمكة', 'أكل'],
		['كَتَبَ الرجل', 'كَتَبَ'],
		['हिन्दी एक भाषा है', 'हिन्दी'],
		['שָׁלוֹם לכולם', 'שָׁלוֹם'],
		['Un café où l’on rêve', 'CAFE'],
		['Un cafe ou l’on reve', 'café rêve'],
		['Ein schöner Weg über Łódź', 'SCHONER Łódź'],
		['Tiếng Việt đẹp lắm', 'tieng việt đẹp'],
		['Straße und Fluß', 'STRAßE'],
		['İstanbul ılık', 'istanbul ılık'],
		['한국어 문장', '한국어'],
	])('finds in "%s" the words of "%s", all of them', (text, query) => {
		const { database } = createDatabase();
		fill(database, [text, 'Bread', 'cake', 'tea', 'milk']);
		const asked = queryWords(query);
		const { hits, words } = new WordSearch(database).search(asked, scope);
		expect(hits).toMatchObject([{ chunkId: 1 }]);
		expect(words.map(({ word }) => word)).toEqual(asked);
	});

	test('finds words of scripts without spaces', () => {
		const { database } = createDatabase();
		fill(database, ['人工智能正在改变世界', 'ภาษาไทย', 'Bread', 'cake', 'tea']);
		const { hits } = new WordSearch(database).search(queryWords('智能 改变'), scope);
		expect(hits).toMatchObject([{ chunkId: 1 }]);
	});
});

/** The same for texts whose words are separated by single spaces. */
function bm25Fast(texts: readonly string[], query: readonly string[], row: number): number {
	const lengths = texts.map((text) => text.split(' ').length + 1);
	const average = lengths.reduce((sum, length) => sum + length, 0) / lengths.length;
	const own = texts[row]!.split(' ');
	return query.reduce((sum, word) => {
		const having = texts.filter((text) => text.split(' ').includes(word)).length;
		const rarity = Math.log((texts.length - having + 0.5) / (having + 0.5));
		const frequency = own.filter((one) => one === word).length;
		return sum + (rarity * frequency * 2.2) / (frequency + 1.2 * (0.25 + (0.75 * lengths[row]!) / average));
	}, 0);
}
