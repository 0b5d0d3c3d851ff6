import { describe, expect, test } from 'vitest';
import { addAttachment } from '../../../electron/conversation/attachment/add-attachment.ts';
import type { ConversationContext } from '../../../electron/conversation/context.ts';
import { assertMessageFits, countPromptTokens, estimateTokens } from '../../../electron/conversation/count-tokens.ts';
import { setOptions } from '../../../electron/conversation/options.ts';
import { writeLoadSettings } from '../../../electron/library/load-settings.ts';
import { conversationForTest, converse } from '../../support/conversation.ts';
import { failureOf } from '../../support/failure.ts';

const words = (count: number, word = 'w'): string => Array.from({ length: count }, () => word).join(' ');

const measure = (context: ConversationContext, input: Partial<Parameters<typeof countPromptTokens>[1]>) =>
	countPromptTokens(context, { conversationId: null, text: '', attachmentIds: [], attachments: [], ...input });

describe('model in memory', () => {
	test('the count equals the sent prompt, part by part', async () => {
		const context = conversationForTest({ settings: { systemPrompt: 'Be very brief.' } });
		const { conversationId } = await converse(context, 'one two three');
		const { id } = await addAttachment(context, conversationId, new File(['a b c d'], 'notes.txt'));
		const known = await measure(context, { conversationId, text: 'four five', attachmentIds: [id] });
		expect(known).toMatchObject({
			exact: true,
			contextSize: 4096,
			answerRoom: 512,
			system: 3,
			history: 3 + 5,
			attachments: 7,
			draft: 2,
			dropped: [],
			excess: 0,
			attachmentTokens: [{ id, tokens: 7 }],
		});
		const { answer } = await converse(context, 'four five', { conversationId, attachmentIds: [id] });
		expect(known.sent).toBe(answer.generation?.promptTokens);
		expect(known.system + known.history + known.attachments + known.draft + known.template).toBe(known.total);
	});

	test('messages counted as dropped are the ones dropped', async () => {
		const context = conversationForTest({ script: { contextSize: 128 } });
		const { conversationId, userMessageId, messageId } = await converse(context, words(30));
		await converse(context, words(20, 'second'), { conversationId });
		const text = words(20, 'third');
		const known = await measure(context, { conversationId, text });
		expect(known.dropped).toEqual([userMessageId, messageId]);
		expect(known.total).toBeGreaterThan(known.sent);
		const { answer } = await converse(context, text, { conversationId });
		expect(answer.generation).toMatchObject({ droppedTurns: 2, promptTokens: known.sent });
	});

	test('a message that is too long by itself reports the excess and would fail', async () => {
		const context = conversationForTest({ script: { contextSize: 128 } });
		const known = await measure(context, { text: words(200) });
		expect(known.excess).toBe(known.sent - (128 - 16));
		const { answer } = await converse(context, words(200));
		expect(answer.failure?.code).toBe('prompt-too-long');
		expect((await measure(context, { text: words(200 - known.excess) })).excess).toBe(0);
	});

	test('a message that is too long is refused before it is sent, with the steps that help', async () => {
		const context = conversationForTest({ script: { contextSize: 128 } });
		const failure = await failureOf(() => assertMessageFits(context, { conversationId: null, text: words(200) }));
		expect(failure).toMatchObject({
			code: 'prompt-too-long',
			message: expect.stringMatching(/^This message is \d+ tokens too long/),
			// The model knows no longer context, so loading it with one is no way out.
			next: ['Shorten the message or its attachments', 'Choose a model with a larger context'],
		});
		const text = words(200);
		const attached = { name: 'a.txt', mediaType: 'text/plain', sizeBytes: 1, pages: null, text };
		const turns = [{ role: 'user' as const, content: 'Look', attachments: [attached] }];
		expect((await failureOf(() => assertMessageFits(context, { turns }))).code).toBe('prompt-too-long');
		const { id } = await addAttachment(context, null, new File([text], 'notes.txt'));
		const withFile = { conversationId: null, text: 'Look', attachmentIds: [id] };
		expect((await failureOf(() => assertMessageFits(context, withFile))).code).toBe('prompt-too-long');
		await assertMessageFits(context, { conversationId: null, text: words(40) });
	});

	test('an unanswered question counts as history, though it is sent in one turn with the message', async () => {
		const context = conversationForTest({ script: { answers: [{ steps: [] }] } });
		const { conversationId } = await converse(context, 'one two three');
		expect(await measure(context, { conversationId, text: 'four' })).toMatchObject({ history: 3, draft: 1 });
	});

	test('the context is the conversation’s own, with the model loaded or not', async () => {
		const context = conversationForTest();
		const { conversationId } = await converse(context, 'one');
		setOptions(context, conversationId, { sampling: {}, contextSize: 1024 });
		expect(await measure(context, { conversationId })).toMatchObject({
			exact: true,
			contextSize: 1024,
			answerRoom: 128,
		});
	});

	test('an edited message is counted in its place', async () => {
		const context = conversationForTest();
		const { conversationId } = await converse(context, 'one two three');
		expect(await measure(context, { conversationId, parentId: null, text: 'x' })).toMatchObject({
			history: 0,
			draft: 1,
		});
	});

	test('a temporary conversation is counted from the turns in the call', async () => {
		const context = conversationForTest({ script: { contextSize: 128 } });
		const file = { name: 'a.txt', mediaType: 'text/plain', sizeBytes: 1, pages: null, text: words(40) };
		const known = await measure(context, {
			before: [
				{ role: 'user', content: 'look', attachments: [file] },
				{ role: 'assistant', content: words(20) },
			],
			text: words(60),
			attachments: [{ ...file, text: 'a b', id: -3 }],
		});
		expect(known).toMatchObject({ dropped: [0, 1], draft: 60, attachmentTokens: [{ id: -3, tokens: 5 }] });
	});
});

describe('model not in memory', () => {
	test('nothing is loaded, and the numbers are marked as estimates', async () => {
		const context = conversationForTest({ inMemory: false, model: true });
		const known = await measure(context, { text: 'What is the capital of France?' });
		expect(known).toMatchObject({ exact: false, contextSize: 4096, draft: 8 });
		expect(context.models.acquired.count).toBe(0);
	});

	test('the context is the one that the model’s settings will load it with', async () => {
		const context = conversationForTest({ inMemory: false, model: true });
		const { id } = context.models.defaultModelFile()!;
		writeLoadSettings(context, id, { contextSize: 1024 });
		expect(await measure(context, { text: 'hello' })).toMatchObject({ exact: false, contextSize: 1024 });
	});

	test('the estimate is also close for languages written without spaces', () => {
		// SmolLM2 takes 1, 23 and 26 tokens.
		expect(estimateTokens('word')).toBe(1);
		expect(estimateTokens('The quick brown fox jumps over the lazy dog, and nobody minds at all today.')).toBe(19);
		expect(estimateTokens('これは日本語の文章です。')).toBe(9);
	});

	test('without any model in the library, counting fails', async () => {
		const context = conversationForTest({ model: false });
		expect((await failureOf(() => measure(context, { text: 'x' }))).code).toBe('no-model');
	});
});
