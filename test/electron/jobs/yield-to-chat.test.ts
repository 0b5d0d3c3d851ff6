import { expect, test } from 'vitest';
import { startTemporaryAnswer } from '../../../electron/conversation/answer/start-temporary-answer.ts';
import { runWhileChatIdle, waitForChatIdle } from '../../../electron/jobs/yield-to-chat.ts';
import { answering, conversationForTest } from '../../support/conversation.ts';

const never = new AbortController().signal;
const turns = [{ role: 'user' as const, content: 'hush' }];

test('a temporary answer is waited for until it is written, not until it is forgotten', async () => {
	const context = conversationForTest(answering('gone'));
	const quiet = { answering: context.answers.isWriting, events: context.events };
	const id = startTemporaryAnswer(context, { turns });
	expect(quiet.answering()).toBe(true);
	await waitForChatIdle(quiet, never);
	expect(quiet.answering()).toBe(false);
	// It can still be asked for, and a measurement that begins now does not wait.
	expect(context.answers.byGeneration(id)).toBeDefined();
	await waitForChatIdle(quiet, never);
});

test('what is measured while a temporary answer begins is measured again after it', async () => {
	const context = conversationForTest(answering('gone'));
	const quiet = { answering: context.answers.isWriting, events: context.events };
	let tries = 0;
	const measured = await runWhileChatIdle(quiet, never, async (signal) => {
		tries += 1;
		if (tries === 1) startTemporaryAnswer(context, { turns });
		signal.throwIfAborted();
		return context.answers.isWriting();
	});
	expect([tries, measured]).toEqual([2, false]);
});
