import { expect, test } from 'vitest';
import { connectionOf } from '../../../electron/database/database.ts';
import { addTextFunctions } from '../../../electron/database/excerpt.ts';
import { queryPlan } from '../../../electron/database/sql.ts';
import {
	conversationsOf,
	indexedAttachments,
	indexedMessages,
	indexedTitles,
	readMessages,
	readTitles,
	searched,
} from '../../../electron/search/statements.ts';
import { createDatabase } from '../../support/database.ts';

function planOf(sql: string): string {
	const { database } = createDatabase();
	addTextFunctions(connectionOf(database));
	const names = [...sql.matchAll(/:([a-z]+)/gi)].map(([, name]) => [name, null]);
	return queryPlan(database, sql, Object.fromEntries(names)).join('\n');
}

test.each([
	['messages through the index', indexedMessages],
	['messages without the index', readMessages],
	['files through the index', indexedAttachments],
	['titles through the index', indexedTitles],
	['titles of the list', readTitles.listed],
	['titles of the archive', readTitles.archived],
])('%s come newest first without sorting, so a step stops when it has enough', (_, sql) => {
	expect(planOf(sql)).not.toContain('TEMP B-TREE FOR ORDER BY');
});

test('a step scans only its own messages', () => {
	expect(planOf(readMessages)).toMatch(/SEARCH m USING INTEGER PRIMARY KEY \(rowid>\? AND rowid<\?\)/);
	expect(planOf(indexedMessages)).toMatch(/SCAN messages_fts VIRTUAL TABLE INDEX \d+:.*[<>]/);
});

test.each([
	...Object.entries(conversationsOf),
	['the newest message', searched.messages.newest],
	['the newest file', searched.attachments.newest],
	['a time', searched.messages.timeBefore],
	['the time of a file', searched.attachments.timeBefore],
	['messages through the index', indexedMessages],
	['files through the index', indexedAttachments],
])('%s: no table is scanned', (_, sql) => {
	const scans = planOf(sql)
		.split('\n')
		.filter((step) => /^SCAN /.test(step) && !/USING (COVERING )?INDEX|VIRTUAL TABLE|CONSTANT ROW/.test(step));
	expect(scans).toEqual([]);
});
