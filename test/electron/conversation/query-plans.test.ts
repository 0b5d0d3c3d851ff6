import { expect, test } from 'vitest';
import { streamingMessages } from '../../../electron/conversation/recover-interrupted.ts';
import { newestConversations, olderConversations } from '../../../electron/conversation/store/lists.ts';
import {
	messagesOfConversation,
	messagesOnPath,
	siblingsOnPath,
} from '../../../electron/conversation/store/messages.ts';
import { queryPlan } from '../../../electron/database/sql.ts';
import { createDatabase } from '../../support/database.ts';

const before = { before: 1, id: 1, limit: 50 };

test.each([
	['the newest conversations', newestConversations, { limit: 50 }],
	['the page after', olderConversations, before],
	['a branch', messagesOnPath, { head: 1 }],
	['the siblings on a branch', siblingsOnPath, { head: 1, conversationId: 1 }],
	['all of a conversation', messagesOfConversation, { conversationId: 1 }],
	['answers left behind', streamingMessages, {}],
] as const)('%s: no table is read from end to end', (_, sql, parameters) => {
	const { database } = createDatabase();
	const scans = queryPlan(database, sql, parameters).filter(
		(step) => /^SCAN /.test(step) && !/USING (COVERING )?INDEX|VIRTUAL TABLE|SCAN path|CONSTANT ROW/.test(step),
	);
	expect(scans).toEqual([]);
});

test('the newest conversations come from their index in order, and who is being answered from the index of unfinished messages', () => {
	const { database } = createDatabase();
	const plan = queryPlan(database, newestConversations, { limit: 50 }).join('\n');
	expect(plan).toContain('USING INDEX conversations_newest');
	expect(plan).toContain('USING INDEX messages_streaming');
	expect(plan).not.toContain('TEMP B-TREE');
});

test('the page after starts where the last one ended', () => {
	const { database } = createDatabase();
	const plan = queryPlan(database, olderConversations, before).join('\n');
	expect(plan).toMatch(/SEARCH c USING INDEX conversations_newest \(.*<.*\)/);
	expect(plan).not.toContain('TEMP B-TREE');
});

test('first messages are looked for within their conversation', () => {
	const { database } = createDatabase();
	const plan = queryPlan(database, siblingsOnPath, { head: 1, conversationId: 1 }).join('\n');
	expect(plan).toContain('USING INDEX messages_conversation (conversation_id=?)');
	expect(plan).toMatch(/SEARCH s USING .*INDEX messages_parent \(parent_id=\?\)/);
});
