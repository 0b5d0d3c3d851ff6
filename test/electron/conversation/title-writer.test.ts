import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openConversation, renameConversation } from '../../../electron/conversation/edit-conversation.ts';
import { sendMessage } from '../../../electron/conversation/send-message.ts';
import { titleFromModel } from '../../../electron/conversation/title.ts';
import { followTitles } from '../../../electron/conversation/title-writer.ts';
import { createLane } from '../../../electron/jobs/lane.ts';
import type { ScriptStep } from '../../../models/worker/engine-script.ts';
import { answerOf, type ConversationForTest, conversationForTest, converse } from '../../support/conversation.ts';
import { watchLateness } from '../../support/lateness.ts';

const text = (words: string): ScriptStep[] => [{ type: 'text', text: words }];

/** A conversation whose model answers the request for a title with `title`. */
function titling(title: ScriptStep[], settings = {}): ConversationForTest {
	const script = { answers: [{ when: 'Write a title', steps: title }, { steps: text('Keepers light lamps.') }] };
	return conversationForTest({ script, settings });
}

function follow(context: ConversationForTest, lane = createLane()) {
	const titles = followTitles(context, lane, { idleMs: 20 });
	onTestFinished(() => titles.close());
	return titles;
}

const titleOf = (context: ConversationForTest, id: number) => openConversation(context, id).conversation.title;

describe('titles by the model', () => {
	test('a new conversation gets one once nobody chats, and it is announced', async () => {
		const context = titling(text('"Lighthouse keepers at work."'));
		follow(context);
		const { conversationId } = await converse(context, 'What do lighthouse keepers do?');
		await expect.poll(() => titleOf(context, conversationId)).toBe('Lighthouse keepers at work');
		expect(openConversation(context, conversationId).conversation.titleSource).toBe('automatic');
		expect(context.published.at(-1)).toEqual({ type: 'conversation-changed', conversationId });
	});

	test.each([
		'Sure, here is a title for this conversation',
		// SmolLM2 135M Instruct wrote this.
		'Three to six words that name its subject',
	])('a useless answer leaves the title of the first message, and is asked for once: %s', async (useless) => {
		const context = titling(text(useless));
		follow(context);
		const { conversationId } = await converse(context, 'What do keepers do?');
		await sleep(200);
		await converse(context, 'And then?', { conversationId });
		await sleep(200);
		expect(titleOf(context, conversationId)).toBe('What do keepers do?');
		expect(context.logged).toEqual([]);
	});

	test('a title that somebody gives meanwhile stays', async () => {
		const context = titling([{ type: 'wait', ms: 300 }, ...text('Too late')]);
		follow(context);
		const { conversationId } = await converse(context, 'What do keepers do?');
		await sleep(120);
		renameConversation(context, conversationId, 'Mine');
		await sleep(400);
		expect(titleOf(context, conversationId)).toBe('Mine');
	});

	test('a chat that begins goes first, and the title is written afterwards', async () => {
		const context = titling([{ type: 'wait', ms: 400 }, ...text('Keepers of light')]);
		follow(context);
		const { conversationId } = await converse(context, 'What do keepers do?');
		await sleep(120);
		const within = watchLateness();
		const began = performance.now();
		await answerOf(context, sendMessage(context, { conversationId: null, text: 'Quick!' }));
		expect(performance.now() - began).toBeLessThan(within(300));
		await expect.poll(() => titleOf(context, conversationId), { timeout: 3_000 }).toBe('Keepers of light');
	});

	test('without its model, a conversation gets one after its next answer', async () => {
		const context = titling(text('Keepers of light'));
		const { inBackground } = context.models;
		let isLoaded = false;
		Object.assign(context.models, { inBackground: (id: number) => (isLoaded ? inBackground(id) : null) });
		follow(context);
		const { conversationId } = await converse(context, 'What do keepers do?');
		await sleep(150);
		expect(titleOf(context, conversationId)).toBe('What do keepers do?');
		isLoaded = true;
		await converse(context, 'And then?', { conversationId });
		await expect.poll(() => titleOf(context, conversationId)).toBe('Keepers of light');
	});

	test('measurements go first, and none is written while the setting is off or the model is not loaded', async () => {
		const context = titling(text('Keepers of light'));
		const lane = createLane();
		const { promise: measured, resolve: endMeasurement } = Promise.withResolvers<void>();
		void lane(() => measured);
		follow(context, lane);
		const { conversationId } = await converse(context, 'What do keepers do?');
		await sleep(150);
		expect(titleOf(context, conversationId)).toBe('What do keepers do?');
		endMeasurement();
		await expect.poll(() => titleOf(context, conversationId)).toBe('Keepers of light');

		const off = titling(text('Keepers of light'), { modelTitles: false });
		follow(off);
		const second = await converse(off, 'What do keepers do?');
		await sleep(150);
		expect(titleOf(off, second.conversationId)).toBe('What do keepers do?');
	});
});

test.each([
	['Lighthouse Keepers', 'Lighthouse Keepers'],
	['  **Title: “Harbours of Norway.”**\nMore', 'Harbours of Norway'],
	['<think>\n\n</think>\n\n灯台の仕事', '灯台の仕事'],
	['', null],
	['42', null],
	['I am sorry, I cannot write one', null],
	['Here is a title', null],
	['A title that is far too long to be a title because it never ends', null],
	['x'.repeat(80), null],
])('the model’s answer %j gives the title %j', (answer, title) => {
	expect(titleFromModel(answer)).toBe(title);
});
