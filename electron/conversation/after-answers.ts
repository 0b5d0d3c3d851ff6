import { setTimeout as wait } from 'node:timers/promises';
import { greedySampling } from '../../models/contract/default-sampling.ts';
import type { Lane } from '../jobs/lane.ts';
import { runWhileChatIdle } from '../jobs/yield-to-chat.ts';
import type { ConversationContext } from './context.ts';
import { effectiveOptions } from './options.ts';
import { getConversation, headOf } from './store/conversations.ts';
import { readOptions } from './store/options.ts';
import { readCachedPrompt } from './turns-so-far.ts';

/** How long nobody must have chatted before the work begins, ms: the next message should not meet it. */
const usualIdleMs = 8_000;

/** Work that follows answers. */
export interface WorkAfterAnswers {
	/** Gives up what is being done. */
	close(): Promise<void>;
}

export interface AfterAnswersOptions {
	readonly idleMs?: number | undefined;
	/** Whether there is something to do for a conversation that was answered. */
	wants(conversationId: number): boolean;
	/** `signal` aborts when somebody chats; then the work starts over once they stop. */
	work(conversationId: number, signal: AbortSignal): Promise<void>;
	/** Names the work in the log when it fails. */
	readonly failed: string;
}

/**
 * Does something for each conversation after its answers, while nobody chats and nothing is measured. It gives way to a chat
 * that begins.
 */
export function workAfterAnswers(
	{ answers, events, log }: Pick<ConversationContext, 'answers' | 'events' | 'log'>,
	lane: Lane,
	{ idleMs = usualIdleMs, wants, work, failed }: AfterAnswersOptions,
): WorkAfterAnswers {
	const closing = new AbortController();
	const { signal } = closing;
	const activity = { answering: answers.isWriting, events };
	let waiting: AbortController | null = null;
	let running: Promise<void> = Promise.resolve();

	async function start(id: number): Promise<void> {
		await lane(async () => {
			if (signal.aborted) return;
			running = runWhileChatIdle(activity, signal, (undisturbed) => work(id, undisturbed));
			await running;
		});
	}

	/** Waits until nobody has chatted for a while; another answer restarts the wait. */
	function schedule(id: number): void {
		waiting?.abort();
		waiting = new AbortController();
		const anew = AbortSignal.any([signal, waiting.signal]);
		wait(idleMs, undefined, { signal: anew, ref: false }).then(
			() =>
				start(id).catch((error: unknown) => {
					if (!signal.aborted) log(`conversation: ${failed}: ${String(error)}`);
				}),
			// Another answer restarted the wait, or the application is closing.
			() => {},
		);
	}

	const unsubscribe = events.subscribe((event) => {
		if (event.type !== 'answer-ended' || event.message.status !== 'complete') return;
		const { conversationId } = event.message;
		if (wants(conversationId)) schedule(conversationId);
	});
	return {
		async close() {
			unsubscribe();
			closing.abort(new Error('the application ends'));
			await running.catch(() => {});
		},
	};
}

/** What to ask a model about a conversation. */
export interface Question {
	readonly instruction: string;
	readonly maxTokens: number;
	/** GBNF that the reply follows. */
	readonly grammar?: string;
}

/**
 * Asks the model of a conversation about it, without storing anything. The question stands behind the conversation itself,
 * whose tokens are still in the cache and stay there for the next message. null: its model is not in memory, or is unloaded
 * meanwhile, and none is loaded. Throws Failure `conversation-unknown`.
 */
export async function askAboutConversation(
	context: ConversationContext,
	id: number,
	{ instruction, maxTokens, grammar }: Question,
	signal: AbortSignal,
): Promise<string | null> {
	const { database, models } = context;
	const conversation = getConversation(database, id);
	const head = headOf(database, id);
	const { modelFileId } = conversation;
	if (head === null || modelFileId === null) return null;
	const engine = models.inBackground(modelFileId);
	if (engine === null) return null;
	const options = effectiveOptions(context, readOptions(database, id), models.modelFile(modelFileId));
	const { contextSize } = engine.capabilities();
	const { turns: before, request: cached } = await readCachedPrompt(context, conversation, options, head, contextSize);
	const turns = [...before, { role: 'user' as const, content: instruction }];
	const sampling = { ...greedySampling, maxTokens, seed: 0 };
	// A model that thinks first would spend all of the tokens on that.
	const prefill = engine.capabilities().reasoning ? { text: '<think>\n\n</think>\n\n', tokens: null } : undefined;
	const request = { ...cached, turns, sampling };
	let text = '';
	for await (const event of engine.generate(
		{ ...request, ...(grammar === undefined ? {} : { grammar }), ...(prefill && { prefill }) },
		signal,
	)) {
		if (event.type === 'tokens') text += event.text;
		if (event.type === 'done' && event.result.stopReason === 'stopped') return null;
		if (event.type === 'failed') throw new Error(event.failure.message);
	}
	return text;
}
