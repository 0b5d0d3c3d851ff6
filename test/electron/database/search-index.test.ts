import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rebuildIndexes } from '../../../electron/database/full-text-indexes.ts';
import { all, get, run } from '../../../electron/database/sql.ts';
import { indexWords, unspacedRanges } from '../../../electron/database/unspaced-scripts.ts';
import { createDatabase } from '../../support/database.ts';

function open() {
	const { database } = createDatabase();
	run(database, `INSERT INTO conversations (id, title, created_at, updated_at) VALUES (1, '東京の天気', 1, 1)`);
	const add = (content: string, status = 'complete') =>
		run(
			database,
			`INSERT INTO messages (conversation_id, role, status, content, created_at)
			 VALUES (1, 'assistant', :status, :content, 1764000000000)`,
			{ content, status },
		).id;
	const matches = (query: string) =>
		all<{ id: number }>(database, 'SELECT rowid AS id FROM messages_fts WHERE messages_fts MATCH :query', {
			query,
		}).map(({ id }) => id);
	const check = () => run(database, `INSERT INTO messages_fts (messages_fts, rank) VALUES ('integrity-check', 1)`);
	return { database, add, matches, check };
}

test('SQLite and the program agree on which letters belong to unspaced scripts', () => {
	const { database } = open();
	const pattern = get<{ anywhere: string }>(database, 'SELECT anywhere FROM unspaced_letters')?.anywhere ?? '';
	expect(pattern.replaceAll('*', '')).toBe(
		`[${unspacedRanges.replaceAll(/\\u\{?([0-9A-F]+)\}?/g, (_, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16)))}]`,
	);
});

test('the index holds every letter and every pair of an unspaced sentence', () => {
	const { database, add } = open();
	add('日本語 and 東京');
	const row = get<{ text: string }>(database, 'SELECT text FROM searchable_messages');
	expect(row?.text.trim().split(/\s+/)).toEqual(['日', '日本', '本', '本語', '語', 'and', '東', '東京', '京']);
});

test('any part of an unspaced text finds it, even across the pieces it is split into', () => {
	const { add, matches } = open();
	const letter = fc.constantFrom(...'日本語東京の天気가나다x 。');
	fc.assert(
		fc.property(
			fc.array(letter, { minLength: 1, maxLength: 400 }),
			fc.nat(),
			fc.integer({ min: 1, max: 6 }),
			(text, at, length) => {
				const content = text.join('');
				const part = content.slice(at % content.length, (at % content.length) + length);
				fc.pre(new RegExp(`^[${unspacedRanges}]+$`, 'u').test(part));
				const id = add(content);
				expect(matches(`"${indexWords(part)}"`)).toContain(id);
				for (const other of matches(`"${indexWords(part)}"`)) expect(other).toBeLessThanOrEqual(id);
			},
		),
		{ numRuns: 150 },
	);
});

test('the index follows every change and leaves nothing behind', () => {
	const { database, add, matches, check } = open();
	const id = add('heron 日本', 'streaming');
	expect(matches('heron')).toEqual([]);
	run(database, `UPDATE messages SET status = 'complete' WHERE id = :id`, { id });
	expect(matches('heron')).toEqual([id]);
	run(database, `UPDATE messages SET content = 'egret 東京' WHERE id = :id`, { id });
	expect([matches('heron'), matches('egret'), matches('"東京"'), matches('"日本"')]).toEqual([[], [id], [id], []]);
	run(
		database,
		`INSERT INTO generations (message_id, model_name, quantization, temperature, top_k, top_p, min_p, repeat_penalty,
		   stop, seed) VALUES (:id, 'Qwen3 8B', 'Q4_K_M', 1, 1, 1, 1, 1, '[]', 1)`,
		{ id },
	);
	expect(matches('model : qwen3 AND egret')).toEqual([id]);
	run(database, `UPDATE generations SET model_name = 'Gemma 3' WHERE message_id = :id`, { id });
	expect([matches('model : qwen3'), matches('model : gemma')]).toEqual([[], [id]]);
	expect(matches('place : c1 AND place : y2025 AND place : m202511 AND place : wassistant')).toEqual([id]);
	check();
	run(database, 'DELETE FROM conversations WHERE id = 1');
	check();
	expect(matches('egret')).toEqual([]);
	const vocabulary = 'CREATE VIRTUAL TABLE temp.words USING fts5vocab(main, messages_fts, row)';
	run(database, vocabulary);
	expect(all(database, 'SELECT term FROM temp.words')).toEqual([]);
});

test('a rebuilt index is the same, without answers being written', () => {
	const { database, add, matches, check } = open();
	const id = add('heron 日本');
	add('heron unfinished', 'streaming');
	rebuildIndexes(database);
	expect([matches('heron'), matches('"日本"')]).toEqual([[id], [id]]);
	check();
});
