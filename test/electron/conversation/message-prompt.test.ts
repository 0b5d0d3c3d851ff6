import { describe, expect, test } from 'vitest';
import type { MessagePrompt } from '../../../electron/contract/conversation/schema.ts';
import { techniqueSchema } from '../../../electron/contract/evaluation/technique.ts';
import type { PromptVersionId } from '../../../electron/contract/prompt/schema.ts';
import { startTemporaryAnswer } from '../../../electron/conversation/answer/start-temporary-answer.ts';
import { branchConversation } from '../../../electron/conversation/branch-conversation.ts';
import { countPromptTokens } from '../../../electron/conversation/count-tokens.ts';
import { nextPrompt } from '../../../electron/conversation/edit-conversation.ts';
import {
	addPreset,
	applyPreset,
	changePreset,
	setMessagePrompt,
	setOptions,
} from '../../../electron/conversation/options.ts';
import { regenerate } from '../../../electron/conversation/send-message.ts';
import { readPromptTurns } from '../../../electron/conversation/sent-prompt.ts';
import { messagePromptOf } from '../../../electron/conversation/store/generations.ts';
import { buildRequests } from '../../../electron/prompt/build-request.ts';
import { answerOf, conversationForTest, converse } from '../../support/conversation.ts';
import { failureOf } from '../../support/failure.ts';

const example = (input: string, target: string): MessagePrompt['examples'][number] => ({
	input,
	target,
	choices: null,
	variables: {},
	metadata: {},
});

function promptOf(changes: Partial<MessagePrompt> = {}): MessagePrompt {
	return {
		name: 'Ticket B',
		number: 2,
		versionId: 7 as PromptVersionId,
		template: 'Ticket: {{input}}\nTopic:',
		example: '',
		technique: techniqueSchema.parse({ kind: 'few-shot', shots: 2 }),
		examples: [example('Where is my parcel?', 'shipping'), example('I was charged twice', 'billing')],
		...changes,
	};
}

const presetWith = (prompt: MessagePrompt, systemPrompt = 'Sort tickets.') => ({
	name: 'Ticket B v2',
	systemPrompt,
	sampling: { temperature: 0, maxTokens: 8 },
	contextSize: null,
	prompt,
});

/** What a run gives the model for this input, as the scripted engine writes it. */
function asMeasured(prompt: MessagePrompt, system: string, input: string): string {
	const { template, example: form, technique, examples } = prompt;
	const request = buildRequests({
		version: { system, template, example: form },
		technique,
		examples,
		sample: example(input, ''),
	});
	if (request.kind !== 'generate') throw new Error('no text is generated');
	return request.turns.map(({ role, content }) => `<|${role}|> ${content} <|end|>\n`).join('');
}

describe('a prompt that is applied to each message', () => {
	test.each([
		['examples as turns', promptOf()],
		['examples in their own form', promptOf({ example: 'Ticket: {{input}}\nTopic: {{target}}' })],
		['a place for examples', promptOf({ template: '{{examples}}\n\n{{input}}', example: '{{input}} → {{target}}' })],
		['chain of thought', promptOf({ technique: techniqueSchema.parse({ kind: 'chain-of-thought' }), examples: [] })],
		[
			'the input alone',
			promptOf({ template: '{{input}}', technique: techniqueSchema.parse({ kind: 'zero-shot' }), examples: [] }),
		],
	])('gives the model what a run gave it: %s', async (_, prompt) => {
		const context = conversationForTest();
		const { id: presetId } = addPreset(context, presetWith(prompt));
		const { conversationId } = await converse(context, 'My card is lost', {
			options: { presetId, sampling: {}, contextSize: null },
		});
		const { text } = await nextPrompt(context, conversationId);
		expect(text.startsWith(asMeasured(prompt, 'Sort tickets.', 'My card is lost'))).toBe(true);
	});

	test('holds without a system prompt too, whatever the settings say', async () => {
		const context = conversationForTest({ settings: { systemPrompt: 'Be a pirate.' } });
		const { id: presetId } = addPreset(context, presetWith(promptOf(), ''));
		const options = { presetId, sampling: {}, contextSize: null };
		const { conversation, answer } = await converse(context, 'Hello', { options });
		expect(conversation.systemPrompt).toBe('');
		const temporary = startTemporaryAnswer(context, { turns: [{ role: 'user', content: 'Hello' }], options });
		const { generation } = await answerOf(context, {
			...conversation,
			messageId: 0,
			userMessageId: null,
			conversationId: 0,
			generationId: temporary,
		});
		expect(generation?.promptTokens).toBe(answer.generation?.promptTokens);
	});

	test('is the default of new conversations by its preset, and is kept as it was when the preset changes', async () => {
		const context = conversationForTest();
		const preset = addPreset(context, presetWith(promptOf()));
		const settings = context.settings();
		const withDefault = { ...context, settings: () => ({ ...settings, defaultPresetId: preset.id }) };
		const { conversationId, messageId, options } = await converse(withDefault, 'My card is lost');
		expect(options.prompt).toEqual(promptOf());
		expect(messagePromptOf(context.database, messageId)).toEqual(promptOf());
		changePreset(context, preset.id, presetWith(promptOf({ template: 'Other: {{input}}' })));
		const { text } = await nextPrompt(context, conversationId);
		expect(text).toContain('Ticket: My card is lost');
		// The conversation's own choices leave it alone, and a branch takes it along.
		expect(setOptions(context, conversationId, { sampling: { topK: 3 }, contextSize: null }).options.prompt).toEqual(
			promptOf(),
		);
		const branch = await branchConversation(context, messageId);
		expect((await nextPrompt(context, branch.id)).text).toBe(text);
	});

	test('can be removed: messages then go as they were written; and another preset replaces it', async () => {
		const context = conversationForTest();
		const { id: presetId } = addPreset(context, presetWith(promptOf()));
		const { conversationId, messageId } = await converse(context, 'My card is lost');
		expect(applyPreset(context, conversationId, presetId).options.prompt).toEqual(promptOf());
		expect(setMessagePrompt(context, conversationId, null).options.prompt).toBeUndefined();
		expect((await nextPrompt(context, conversationId)).text).toContain('<|user|> My card is lost <|end|>');
		await answerOf(context, regenerate(context, { messageId }));
		setMessagePrompt(context, conversationId, promptOf());
		expect(applyPreset(context, conversationId, null).options.prompt).toBeUndefined();
	});

	test('of the preset is left out of a new conversation that chose none', async () => {
		const context = conversationForTest();
		const { id: presetId } = addPreset(context, presetWith(promptOf()));
		const { options } = await converse(context, 'Hello', {
			options: { presetId, sampling: {}, contextSize: null, prompt: null },
		});
		expect(options).toMatchObject({ presetId });
		expect(options.prompt).toBeUndefined();
	});

	test('is counted: the parts add up to the prompt that is sent', async () => {
		const context = conversationForTest();
		const { id: presetId } = addPreset(context, presetWith(promptOf()));
		const options = { presetId, sampling: {}, contextSize: null };
		const input = { conversationId: null, text: 'My card is lost', attachmentIds: [], attachments: [], options };
		const known = await countPromptTokens(context, input);
		expect(known).toMatchObject({ system: 2, draft: 4 });
		// Two examples of a ticket and its topic, and "Ticket:" with "Topic:" around the message.
		expect(known.prompt).toBe(6 + 1 + 6 + 1 + 2);
		const { answer } = await converse(context, 'My card is lost', { options });
		expect(known.sent).toBe(answer.generation?.promptTokens);
		const parts = known.system + known.history + known.attachments + known.draft + known.template;
		expect(parts + (known.prompt ?? 0)).toBe(known.total);
	});

	test('keeps its examples when a full context drops the oldest messages', async () => {
		const context = conversationForTest({ script: { contextSize: 128 } });
		const { id: presetId } = addPreset(context, presetWith(promptOf()));
		const words = (count: number) => Array.from({ length: count }, () => 'w').join(' ');
		const options = { presetId, sampling: {}, contextSize: null };
		const first = await converse(context, words(20), { options });
		const { conversationId } = first;
		await converse(context, words(20), { conversationId });
		const asked = { conversationId, text: words(20), attachmentIds: [], attachments: [] };
		const known = await countPromptTokens(context, asked);
		expect(known.dropped).toContain(first.userMessageId);
		const { answer, messageId } = await converse(context, words(20), { conversationId });
		expect(answer.generation?.droppedTurns).toBe(known.dropped.length);
		// As training data, too.
		const turns = readPromptTurns(context.database, messageId);
		expect(turns.slice(0, 3).map(({ content }) => content)).toEqual([
			'Sort tickets.',
			'Ticket: Where is my parcel?\nTopic:',
			'shipping',
		]);
	});

	test.each([
		['a column that only samples have', promptOf({ template: '{{context}} {{input}}' })],
		['choices', promptOf({ template: '{{input}}\n{{choices}}' })],
		['no place for the message', promptOf({ template: 'Say something.' })],
		[
			'a technique that generates nothing',
			promptOf({ technique: techniqueSchema.parse({ kind: 'choice-likelihood' }) }),
		],
	])('is refused with %s, before anything is stored', async (_, prompt) => {
		const context = conversationForTest();
		const { conversationId } = await converse(context, 'Hello');
		const refused = [
			() => addPreset(context, presetWith(prompt)),
			() => setMessagePrompt(context, conversationId, prompt),
			() => converse(context, 'Hi', { options: { presetId: null, sampling: {}, contextSize: null, prompt } }),
		];
		for (const attempt of refused) expect((await failureOf(attempt)).code).toBe('prompt-not-for-chat');
	});
});
