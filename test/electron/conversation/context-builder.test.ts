import { describe, expect, test } from 'vitest';
import { createContextBuilder } from '../../../electron/context/build-context.ts';
import type { LedgerKind, SourceReference } from '../../../electron/contract/conversation/ledger.ts';
import type { Message } from '../../../electron/contract/conversation/schema.ts';
import { continueAnswer } from '../../../electron/conversation/answer/continue-answer.ts';
import { startTemporaryAnswer } from '../../../electron/conversation/answer/start-temporary-answer.ts';
import { branchConversation } from '../../../electron/conversation/branch-conversation.ts';
import type { ContextRequest, ContextSource, Contribution } from '../../../electron/conversation/context-builder.ts';
import { countPromptTokens } from '../../../electron/conversation/count-tokens.ts';
import { openConversation } from '../../../electron/conversation/edit-conversation.ts';
import { setDocuments, setOptions } from '../../../electron/conversation/options.ts';
import { regenerate } from '../../../electron/conversation/send-message.ts';
import { readSentPrompt } from '../../../electron/conversation/sent-prompt.ts';
import { all, run } from '../../../electron/database/sql.ts';
import { answering, answerOf, conversationForTest, converse } from '../../support/conversation.ts';
import type { ScriptedOptions } from '../../support/scripted-models.ts';

const source = (number: number, title = `Source ${number}`): SourceReference => ({
	number,
	title,
	documentId: null,
	messageId: null,
	page: null,
	heading: [],
	start: null,
	end: null,
	whole: false,
});

/** Gives each message a passage of its own, numbered onwards. */
const passages: ContextSource = {
	kind: 'documents',
	collect: async ({ history, message }) => {
		const number =
			1 + Math.max(0, ...history.flatMap(({ pieces }) => pieces.map((piece) => piece.source?.number ?? 0)));
		const text = `[${number}] passage about ${message.split(' ').at(-1)}`;
		return { pieces: [{ kind: 'documents', place: 'message', text, source: source(number) }] };
	},
};

const facts: ContextSource = {
	kind: 'memory',
	collect: async () => ({
		pieces: [{ kind: 'memory', place: 'system', text: 'The person likes tea.', source: null }],
	}),
};

function withSources(sources: readonly ContextSource[], options: ScriptedOptions = {}) {
	const context = conversationForTest({ ...options, settings: { systemPrompt: 'Be brief.' } });
	return { ...context, contextBuilder: createContextBuilder(sources, context.log) };
}

const tokensOf = (message: Message): Partial<Record<LedgerKind, number>> =>
	Object.fromEntries((message.ledger?.parts ?? []).map(({ kind, tokens }) => [kind, tokens]));

const input = { conversationId: null, text: '', attachmentIds: [], attachments: [] };

describe('the context of an answer', () => {
	test('what is counted before sending is what is sent, part by part', async () => {
		const context = withSources([facts, passages]);
		const { conversationId } = await converse(context, 'tell me about apples');
		const text = 'and what about pears';
		const known = await countPromptTokens(context, { ...input, conversationId, text });
		const { answer } = await converse(context, text, { conversationId });
		expect(known.sent).toBe(answer.generation?.promptTokens);
		const parts = tokensOf(answer);
		expect(parts).toEqual({
			template: known.template,
			system: known.system,
			memory: 4,
			history: known.history,
			documents: 8,
			message: known.draft,
		});
		expect(known.context).toEqual([
			{ kind: 'memory', tokens: 4 },
			{ kind: 'documents', tokens: 8 },
		]);
		expect(Object.values(parts).reduce((sum, tokens) => sum + tokens, 0)).toBe(answer.generation?.promptTokens);
	});

	test('the next prompt begins with this one: everything up to the last answer is cached', async () => {
		const context = withSources([facts, passages]);
		const first = await converse(context, 'tell me about apples');
		const before = first.answer.generation;
		const { answer } = await converse(context, 'and what about pears', { conversationId: first.conversationId });
		expect(answer.generation?.cachedTokens).toBeGreaterThanOrEqual(before?.promptTokens ?? Infinity);
		const cached = answer.ledger?.parts.reduce((sum, part) => sum + part.cached, 0) ?? 0;
		expect(Math.abs(cached - (answer.generation?.cachedTokens ?? 0))).toBeLessThanOrEqual(2);
		expect(answer.ledger?.parts.find(({ kind }) => kind === 'message')).toMatchObject({ cached: 0 });
	});

	test('sources keep their numbers, and are read back with the thread', async () => {
		const context = withSources([passages]);
		const { conversationId } = await converse(context, 'about apples');
		await converse(context, 'about pears', { conversationId });
		const { messages } = openConversation(context, conversationId);
		const ledgers = messages.flatMap(({ ledger }) => ledger ?? []);
		expect(ledgers.map(({ sources }) => sources.map(({ number }) => number))).toEqual([[1], [2]]);
		expect(ledgers.map(({ knownSources }) => knownSources)).toEqual([1, 2]);
	});

	test('an answer again collects again; a continuation is given the same', async () => {
		const asked: ContextRequest[] = [];
		const spy: ContextSource = {
			kind: 'documents',
			collect: (request) => {
				asked.push(request);
				return passages.collect(request);
			},
		};
		const context = withSources([spy], answering('one two three'));
		const first = await converse(context, 'about apples');
		await answerOf(context, regenerate(context, { messageId: first.messageId }));
		expect(asked.map(({ message }) => message)).toEqual(['about apples', 'about apples']);
		const continued = await answerOf(context, continueAnswer(context, first.messageId));
		expect(asked).toHaveLength(2);
		expect(continued.ledger?.sources).toEqual(first.answer.ledger?.sources);
	});

	test('a source that fails is left out with its reason, and the answer is written', async () => {
		const broken: ContextSource = { kind: 'documents', collect: () => Promise.reject(new Error('index is gone')) };
		const context = withSources([broken, facts]);
		const { answer } = await converse(context, 'hello');
		expect(answer.status).toBe('complete');
		expect(tokensOf(answer)).toMatchObject({ memory: 4 });
		expect(answer.ledger?.leftOut).toMatchObject([{ kind: 'documents', reason: expect.stringContaining('read') }]);
		expect(context.logged.join('\n')).toContain('index is gone');
	});

	test('messages that a summary stands for are not sent, and the ledger says so', async () => {
		const summary: ContextSource = {
			kind: 'summary',
			collect: async ({ history }): Promise<Contribution> =>
				history.length < 2
					? { pieces: [] }
					: {
							pieces: [{ kind: 'summary', place: 'system', text: 'They talked about apples.', source: null }],
							summary: { id: null, number: 1, untilId: history.at(-1)!.id },
						},
		};
		const context = withSources([summary]);
		const { conversationId } = await converse(context, 'tell me about apples');
		const { answer } = await converse(context, 'go on', { conversationId });
		const parts = tokensOf(answer);
		expect(parts.history).toBeUndefined();
		expect(parts.summary).toBe(4);
		expect(answer.ledger?.leftOut).toMatchObject([{ kind: 'history', title: '2 older messages' }]);
		expect(answer.ledger?.overflow).toMatchObject({
			firstSentId: null,
			leftOut: 0,
			summary: { number: 1, messages: 2 },
		});
		const { turns } = await readSentPrompt(context, { messageId: answer.id, load: false });
		expect(turns.map(({ role }) => role)).toEqual(['system', 'user']);
	});

	test('messages that don’t fit are named as left out', async () => {
		const context = withSources([], { script: { contextSize: 128 } });
		const words = Array.from({ length: 30 }, () => 'w').join(' ');
		const { conversationId } = await converse(context, words);
		await converse(context, words, { conversationId });
		const { answer } = await converse(context, words, { conversationId });
		expect(answer.ledger?.leftOut[0]?.title).toBe('2 older messages');
		const { messages } = openConversation(context, conversationId);
		expect(answer.ledger?.overflow).toEqual({
			policy: 'drop',
			firstSentId: messages[2]?.id,
			leftOut: 2,
			summary: null,
		});
		const sum = answer.ledger?.parts.reduce((total, { tokens }) => total + tokens, 0);
		expect(sum).toBe(answer.generation?.promptTokens);
	});

	test('room is what is free beside the conversation, less what earlier sources took', async () => {
		const rooms: number[] = [];
		const measuring = (kind: 'memory' | 'documents'): ContextSource => ({
			kind,
			collect: async ({ room }) => {
				rooms.push((await room()).free);
				return { pieces: [{ kind, place: 'message', text: 'one two three', source: null }] };
			},
		});
		const context = withSources([measuring('memory'), measuring('documents')]);
		const { answer } = await converse(context, 'hello');
		const used = answer.generation?.promptTokens ?? 0;
		expect(rooms).toEqual([4096 - 512 - used + 6, 4096 - 512 - used + 3]);
	});

	test('a copied branch keeps its context; deleting a conversation deletes it', async () => {
		const context = withSources([passages]);
		const { messageId, conversationId } = await converse(context, 'about apples');
		const copy = await branchConversation(context, messageId);
		const ledgers = openConversation(context, copy.id).messages.flatMap(({ ledger }) => ledger ?? []);
		expect(ledgers).toEqual(openConversation(context, conversationId).messages.flatMap(({ ledger }) => ledger ?? []));
		run(context.database, 'DELETE FROM conversations', {});
		for (const sql of ['context_pieces', 'context_parts', 'context_left_out'].map((name) => `SELECT * FROM ${name}`)) {
			expect(all(context.database, sql)).toEqual([]);
		}
	});

	test('a temporary answer has its ledger, and nothing is stored', async () => {
		const context = withSources([passages]);
		const id = startTemporaryAnswer(context, { turns: [{ role: 'user', content: 'about apples' }] });
		const answer = await answerOf(context, { conversationId: 0, userMessageId: null, messageId: id, generationId: id });
		expect(answer.ledger?.sources.map(({ number }) => number)).toEqual([1]);
		expect(all(context.database, 'SELECT * FROM context_pieces')).toEqual([]);
	});

	test('documents stay with the conversation when other options change', async () => {
		const asked: ContextRequest[] = [];
		const spy: ContextSource = {
			kind: 'documents',
			collect: async (request) => {
				asked.push(request);
				return { pieces: [] };
			},
		};
		const context = withSources([spy]);
		const documents = [{ collectionId: 3 }, { documentId: 4 }];
		const { conversationId } = await converse(context, 'hello', {
			options: { presetId: null, sampling: {}, contextSize: null, documents },
		});
		setOptions(context, conversationId, { sampling: { temperature: 0 }, contextSize: null });
		await converse(context, 'again', { conversationId });
		expect(asked.map((request) => request.documents)).toEqual([documents, documents]);
		expect(setDocuments(context, conversationId, []).options.documents).toBeUndefined();
	});
});
