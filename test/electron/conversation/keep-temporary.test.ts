import { expect, test } from 'vitest';
import { openConversation } from '../../../electron/conversation/edit-conversation.ts';
import { keepTemporaryConversation } from '../../../electron/conversation/keep-temporary.ts';
import { attachedText } from '../../../electron/conversation/store/attachments.ts';
import { all } from '../../../electron/database/sql.ts';
import { conversationForTest, converse } from '../../support/conversation.ts';
import { failureOf } from '../../support/failure.ts';
import { openTools } from '../context/tools/open-tools.ts';

const message = {
	parentId: null,
	role: 'user' as const,
	status: 'complete' as const,
	content: '',
	reasoning: null,
	reasoningMs: null,
	createdAt: 5,
	completedAt: 5,
	failure: null,
	generation: null,
	attachments: [],
};

test('a temporary conversation is stored with its branches, files and figures, and can be continued', async () => {
	const context = conversationForTest();
	const generation = (await converse(context, 'x')).answer.generation;
	const file = { name: 'notes.txt', mediaType: 'text/plain', sizeBytes: 4, pages: null, text: 'lamp' };
	const kept = keepTemporaryConversation(context, {
		systemPrompt: 'Be brief.',
		messages: [
			{ ...message, id: -1, content: 'What to bring?', attachments: [file] },
			{ ...message, id: -2, parentId: -1, role: 'assistant', content: 'A lamp.', generation },
			{ ...message, id: -3, parentId: -1, role: 'assistant', content: 'Nothing.', status: 'stopped' },
		],
		headId: -2,
	});
	expect(kept).toMatchObject({
		title: 'What to bring?',
		systemPrompt: 'Be brief.',
		titleSource: 'automatic',
		createdAt: 5,
	});
	const { messages } = openConversation(context, kept.id);
	expect(messages.map(({ content }) => content)).toEqual(['What to bring?', 'A lamp.']);
	expect(messages[1]?.siblings).toHaveLength(2);
	expect(messages[1]?.generation).toMatchObject({
		modelFileId: 1,
		sampling: generation?.sampling,
		completionTokens: generation?.completionTokens,
	});
	expect(attachedText(context.database, messages[0]?.attachments[0]?.id ?? 0).text).toBe('lamp');
	const next = await converse(context, 'And then?', { conversationId: kept.id });
	expect(next.answer.status).toBe('complete');
});

test('its tools are kept with it: steps, the choice of tools, and what was allowed in it alone', async () => {
	const base = conversationForTest();
	const { tools, tool } = openTools({ database: base.database });
	const context = { ...base, tools };
	const [calculator, time, units] = await Promise.all(['calculator', 'current_time', 'convert_units'].map(tool));
	for (const one of [calculator!, time!, units!]) await tools.setTool(one.id, true);
	tools.grant(calculator!.id, { kind: 'any' }, 'conversation', 'this chat');
	tools.grant(units!.id, { kind: 'any' }, 'conversation', 'another chat');
	const step = {
		...{ callId: 'call-1', server: '', name: 'calculator', arguments: '{"expression":"6 * 7"}' },
		...{ status: 'done' as const, result: '42', startedAt: 6, durationMs: 1 },
	};
	const round = {
		...{ contentEnd: 0, reasoningEnd: 0, promptTokens: 1, cachedTokens: 0, completionTokens: 1 },
		steps: [step],
	};
	const kept = keepTemporaryConversation(context, {
		messages: [
			{ ...message, id: -1, content: 'What is 6 times 7?' },
			{ ...message, id: -2, parentId: -1, role: 'assistant', content: '42.', rounds: [round] },
		],
		headId: -2,
		tools: [calculator!.id, units!.id],
		chat: 'this chat',
	});
	const offers = await tools.listTools(kept.id);
	const offered = (id: number) => {
		const { used, state } = offers.find((one) => one.id === id)!;
		return { used, state };
	};
	expect(offered(calculator!.id)).toEqual({ used: true, state: 'allowed' });
	expect(offered(units!.id)).toEqual({ used: true, state: 'ask' });
	expect(offered(time!.id)).toEqual({ used: false, state: 'ask' });
	expect(openConversation(context, kept.id).messages[1]?.rounds).toEqual([round]);
});

test('without a model nothing is stored', async () => {
	const context = conversationForTest({ model: false });
	const input = { messages: [{ ...message, id: -1, content: 'Hello' }], headId: -1 };
	expect((await failureOf(() => keepTemporaryConversation(context, input))).code).toBe('no-model');
	expect(all(context.database, 'SELECT id FROM conversations')).toEqual([]);
});
