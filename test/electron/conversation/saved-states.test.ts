import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { trashConversations } from '../../../electron/conversation/organise/trash.ts';
import { startTrashRetention } from '../../../electron/conversation/organise/trash-retention.ts';
import { type ConversationForTest, conversationForTest, converse } from '../../support/conversation.ts';
import { openReader } from '../../support/database.ts';

const statesOf = ({ path }: ConversationForTest): string => join(dirname(path), 'states');

function keeperOf(context: ConversationForTest, changes: Partial<ConversationForTest> = {}) {
	const backups = { list: () => [], replaceAll: () => Promise.resolve(0) };
	const staging = { removeUnused: async () => {}, beginDeletion: () => async () => {} };
	const reader = openReader(context.path);
	return startTrashRetention({ ...context, ...changes }, { reader, backups, statesFolder: statesOf(context), staging });
}

describe('saved states', () => {
	/** As a model stores them: one file per conversation, and one of another program. */
	function writeStates(context: ConversationForTest, ids: readonly number[]): string {
		const folder = statesOf(context);
		mkdirSync(folder, { recursive: true });
		for (const id of ids) writeFileSync(join(folder, `conversation-${id}.0123456789abcdef.kv`), 'state');
		return folder;
	}

	test('deleting a conversation deletes its saved states and keeps those of others', async () => {
		const context = conversationForTest();
		const goes = await converse(context, 'One.');
		const stays = await converse(context, 'Two.');
		const folder = writeStates(context, [goes.conversationId, stays.conversationId, 999]);
		const keeper = keeperOf(context);
		await trashConversations(context, [goes.conversationId]);
		await keeper.empty(null, { backups: false });
		expect(readdirSync(folder)).toEqual([`conversation-${stays.conversationId}.0123456789abcdef.kv`]);
		await keeper.stop();
	});

	test('the least recently used states are deleted as soon as the user lowers the limit', async () => {
		const context = conversationForTest();
		const [old, young] = [await converse(context, 'One.'), await converse(context, 'Two.')];
		const folder = writeStates(context, [old.conversationId, young.conversationId]);
		const [first, second] = [old, young].map((one) => `conversation-${one.conversationId}.0123456789abcdef.kv`);
		for (const name of [first, second]) writeFileSync(join(folder, name ?? ''), Buffer.alloc(700_000));
		utimesSync(join(folder, first ?? ''), 1, 1);
		let stateLimitMb = 2;
		const keeper = keeperOf(context, { settings: () => ({ ...context.settings(), stateLimitMb }) });
		context.events.publish({ type: 'settings-changed' });
		expect(readdirSync(folder)).toHaveLength(2);
		stateLimitMb = 1;
		context.events.publish({ type: 'settings-changed' });
		await expect.poll(() => readdirSync(folder)).toEqual([second]);
		await keeper.stop();
	});

	test('all states are deleted if the user wants none', async () => {
		const context = conversationForTest();
		const { conversationId } = await converse(context, 'One.');
		let stateLimitMb = 2000;
		const settings = () => ({ ...context.settings(), stateLimitMb });
		const keeper = keeperOf(context, { settings });
		const folder = writeStates(context, [conversationId]);
		context.events.publish({ type: 'settings-changed' });
		await expect.poll(() => readdirSync(folder)).toHaveLength(1);
		stateLimitMb = 0;
		context.events.publish({ type: 'settings-changed' });
		await expect.poll(() => readdirSync(folder)).toEqual([]);
		expect(existsSync(folder)).toBe(true);
		await keeper.stop();
	});
});
