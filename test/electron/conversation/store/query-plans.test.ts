import { expect, test } from 'vitest';
import {
	pastMessages,
	pastVectorModels,
	pastVectors,
} from '../../../../electron/context/overflow/conversation-past.ts';
import { streamingMessages } from '../../../../electron/conversation/answer/recover-interrupted.ts';
import { branchesOfConversation } from '../../../../electron/conversation/branch-conversation.ts';
import {
	folderRows,
	placeCounts,
	tagRows,
} from '../../../../electron/conversation/organise/folders-and-tags-overview.ts';
import { overflowOfMessages } from '../../../../electron/conversation/store/context-overflow.ts';
import {
	archivedConversations,
	conversationsInFolder,
	conversationsWithTag,
	looseConversations,
	newestConversations,
	olderConversations,
	pinnedConversations,
	trashedConversations,
} from '../../../../electron/conversation/store/list-conversations.ts';
import {
	childrenOf,
	firstMessagesOf,
	idsOnPath,
	messagesOfConversation,
	messagesOnPath,
	textsOf,
} from '../../../../electron/conversation/store/messages.ts';
import { usersOfPreset } from '../../../../electron/conversation/store/options.ts';
import { roundsOfMessages, stepsOfMessages } from '../../../../electron/conversation/store/rounds.ts';
import { summariesOfConversation } from '../../../../electron/conversation/store/summaries.ts';
import { queryPlan } from '../../../../electron/database/sql.ts';
import { createDatabase } from '../../../support/database.ts';

const before = { before: 1, id: 1, limit: 50 };

test.each([
	['the newest conversations', newestConversations, { limit: 50 }],
	['the next page', olderConversations, before],
	['conversations with a tag', conversationsWithTag, { ...before, tagId: 1 }],
	['a branch', messagesOnPath, { head: 1, limit: 200 }],
	['the ids of a branch', idsOnPath, { head: 1, limit: 200 }],
	['the texts of a branch', textsOf, { ids: '[1,2]' }],
	['the answers to messages', childrenOf, { parentIds: '[1,2]' }],
	['the first messages of a conversation', firstMessagesOf, { conversationId: 1 }],
	['all messages of a conversation', messagesOfConversation, { conversationId: 1 }],
	['rounds of messages', roundsOfMessages, { messageIds: '[1,2]' }],
	['steps of messages', stepsOfMessages, { messageIds: '[1,2]' }],
	['where prompts begin', overflowOfMessages, { ids: '[1,2]' }],
	['summaries of a conversation', summariesOfConversation, { conversationId: 1 }],
	['messages of the past', pastMessages, { ids: '[1,2]' }],
	['vectors of messages', pastVectors, { ids: '[1,2]' }],
	['models of the vectors of messages', pastVectorModels, { ids: '[1,2]' }],
	['interrupted answers', streamingMessages, {}],
	['branches of a conversation', branchesOfConversation, { conversationId: 1 }],
	['conversations with a preset', usersOfPreset, { presetId: 1 }],
] as const)('%s: no table is scanned', (_, sql, parameters) => {
	const { database } = createDatabase();
	const scans = queryPlan(database, sql, parameters).filter(
		(step) => /^SCAN /.test(step) && !/USING (COVERING )?INDEX|VIRTUAL TABLE|SCAN path|CONSTANT ROW/.test(step),
	);
	expect(scans).toEqual([]);
});

test('the newest conversations come in order from their index, and running answers from the index of unfinished messages', () => {
	const { database } = createDatabase();
	const plan = queryPlan(database, newestConversations, { limit: 50 }).join('\n');
	expect(plan).toContain('USING INDEX conversations_newest');
	expect(plan).toContain('USING INDEX messages_streaming');
	expect(plan).not.toContain('TEMP B-TREE');
});

test('the next page starts where the last one ended', () => {
	const { database } = createDatabase();
	const plan = queryPlan(database, olderConversations, before).join('\n');
	expect(plan).toMatch(/SEARCH c USING INDEX conversations_newest \(.*<.*\)/);
	expect(plan).not.toContain('TEMP B-TREE');
});

test('first messages are looked up within their conversation', () => {
	const { database } = createDatabase();
	const first = queryPlan(database, firstMessagesOf, { conversationId: 1 }).join('\n');
	expect(first).toMatch(/INDEX messages_first \(conversation_id=\?\)/);
	const plan = queryPlan(database, childrenOf, { parentIds: '[1]' }).join('\n');
	expect(plan).toMatch(/SEARCH m USING .*INDEX messages_parent \(parent_id=\?\)/);
});

test.each([
	['conversations without a folder', looseConversations, 'conversations_loose', before],
	['pinned conversations', pinnedConversations, 'conversations_pinned', before],
	['archived conversations', archivedConversations, 'conversations_archived', before],
	['conversations in a folder', conversationsInFolder, 'conversations_in_folder', { ...before, folderId: 1 }],
	['conversations in the trash', trashedConversations, 'conversations_trash', before],
] as const)(
	'a page of the %s starts where the last one ended, in the order of its index',
	(_, sql, index, parameters) => {
		const { database } = createDatabase();
		const plan = queryPlan(database, sql, parameters).join('\n');
		expect(plan).toMatch(new RegExp(`SEARCH c USING INDEX ${index} \\(.*<.*\\)`));
		expect(plan).not.toContain('TEMP B-TREE');
	},
);

test('counts come from indexes, and the trash is counted once for all tags', () => {
	const { database } = createDatabase();
	const plan = (sql: string) => queryPlan(database, sql).join('\n');
	expect(plan(folderRows)).toContain('SEARCH c USING INDEX conversations_in_folder (folder_id=?)');
	expect(plan(placeCounts)).toContain('SCAN c USING INDEX conversations_archived');
	expect(plan(placeCounts)).toContain('SEARCH c USING COVERING INDEX conversations_trash');
	expect(plan(tagRows)).toMatch(
		/MATERIALIZE gone\nSEARCH c USING COVERING INDEX conversations_trash .*\nSEARCH ct USING PRIMARY KEY/,
	);
	expect(plan(tagRows)).toMatch(/SEARCH ct USING COVERING INDEX conversation_tags_tag \(tag_id=\?\)/);
});
