import { expect, test } from 'vitest';
import { startTemporaryAnswer } from '../../../electron/conversation/answer/start-temporary-answer.ts';
import { runWhileChatIdle, waitForChatIdle } from '../../../electron/jobs/yield-to-chat.ts';
import { answering, conversationForTest } from '../../support/conversation.ts';

const never = new AbortController().signal;
const turns = [{ role: 'user' as const, content: 'hush' }];

test('waiting for a temporary answer ends when it is written, not when it is discarded', async () => {
	const context = conversationForTest(answering('gone'));
	const quiet = { answering: context.answers.isWriting, events: context.events };
	const id = startTemporaryAnswer(context, { turns });
	expect(quiet.answering()).toBe(true);
	await waitForChatIdle(quiet, never);
	expect(quiet.answering()).toBe(false);
	// It can still be requested, and a new measurement does not wait for it.
	expect(context.answers.byGeneration(id)).toBeDefined();
	await waitForChatIdle(quiet, never);
});

test('a measurement during which a temporary answer begins is repeated after it', async () => {
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
