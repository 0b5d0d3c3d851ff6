import { setTimeout as wait } from 'node:timers/promises';
import { greedySampling } from '../../models/contract/default-sampling.ts';
import type { GenerateRequest } from '../../models/contract/generation.ts';
import type { Engine } from '../../models/engine.ts';
import type { Conversation } from '../contract/conversation/schema.ts';
import type { Lane } from '../jobs/lane.ts';
import { runWhileChatIdle } from '../jobs/yield-to-chat.ts';
import type { ConversationContext } from './context.ts';
import { cacheKeyOf } from './saved-states.ts';
import { getConversation, headOf, replaceAutomaticTitle } from './store/conversations.ts';
import { firstQuestion } from './store/messages.ts';
import { titleFromMessage, titleFromModel } from './title.ts';
import { readTurnsSoFar } from './turns-so-far.ts';

/** Writes titles for new conversations while nothing else is computed. */
export interface TitleWriter {
	/** Gives up the title that is being written. */
	close(): Promise<void>;
}

/** How long nobody must have chatted before a title is written, ms: the next message should not meet it. */
const usualIdleMs = 8_000;

/** Most tokens of a title. */
const titleTokens = 24;

const instruction =
	'Write a title for this conversation: three to six words that name its subject, in the language of the conversation. Answer with the title only.';

/**
 * Follows ended answers and gives each new conversation a title by its model. It never loads a model, waits for
 * measurements and chats, gives way to a chat that begins, and replaces only the title that was cut from the first
 * message. A useless answer leaves that title.
 */
export function followTitles(
	context: ConversationContext,
	lane: Lane,
	{ idleMs = usualIdleMs }: { readonly idleMs?: number } = {},
): TitleWriter {
	const { answers, events, settings, log } = context;
	const closing = new AbortController();
	const { signal } = closing;
	/** Conversations that had their try since the start. */
	const tried = new Set<number>();
	const activity = { answering: answers.isWriting, events };
	let waiting: AbortController | null = null;
	let writing: Promise<void> = Promise.resolve();

	async function write(id: number): Promise<void> {
		await lane(async () => {
			if (signal.aborted) return;
			writing = runWhileChatIdle(activity, signal, async (undisturbed) => {
				if (!settings().modelTitles) return;
				const written = await writeTitle(context, id, undisturbed);
				undisturbed.throwIfAborted();
				tried.add(id);
				if (written === null || !replaceAutomaticTitle(context.database, id, written.before, written.title)) return;
				events.publish({ type: 'conversation-changed', conversationId: id });
			});
			await writing;
		});
	}

	/** Waits until nobody has chatted for a while; another answer restarts the wait. */
	function schedule(id: number): void {
		waiting?.abort();
		waiting = new AbortController();
		const anew = AbortSignal.any([signal, waiting.signal]);
		wait(idleMs, undefined, { signal: anew, ref: false }).then(
			() =>
				write(id).catch((error: unknown) => {
					if (!signal.aborted) log(`conversation: no title was written: ${String(error)}`);
				}),
			// Another answer restarted the wait, or the application is closing.
			() => {},
		);
	}

	const unsubscribe = events.subscribe((event) => {
		if (event.type !== 'answer-ended' || event.message.status !== 'complete') return;
		const { conversationId } = event.message;
		if (settings().modelTitles && !tried.has(conversationId)) schedule(conversationId);
	});
	return {
		async close() {
			unsubscribe();
			closing.abort(new Error('the application ends'));
			await writing.catch(() => {});
		},
	};
}

/** Asks the model for a title; null if the conversation already has one, or the model wrote none. */
async function writeTitle(
	context: ConversationContext,
	id: number,
	signal: AbortSignal,
): Promise<{ readonly title: string; readonly before: string } | null> {
	const { database, models } = context;
	const conversation = findUntitled(context, id);
	const head = conversation === null ? null : headOf(database, id);
	if (conversation === null || head === null || conversation.modelFileId === null) return null;
	const engine = models.loaded(conversation.modelFileId);
	if (engine === null) return null;
	// Behind the conversation itself, whose tokens are still in the cache, and which stays there for the next message.
	const before = await readTurnsSoFar(context, conversation, head, engine.capabilities().contextSize);
	const turns = [...before.turns, { role: 'user' as const, content: instruction }];
	const title = titleFromModel(await generate(engine, { turns, cacheKey: cacheKeyOf(id) }, signal));
	return title === null || title === conversation.title ? null : { title, before: conversation.title };
}

/** Returns the conversation if its title is still the beginning of its first message. */
function findUntitled({ database }: ConversationContext, id: number): Conversation | null {
	try {
		const conversation = getConversation(database, id);
		const first = firstQuestion(database, id);
		const untitled = first !== null && conversation.title === titleFromMessage(first);
		return untitled && conversation.titleSource === 'automatic' && conversation.deletedAt === null
			? conversation
			: null;
	} catch {
		// Deleted for good meanwhile.
		return null;
	}
}

async function generate(
	engine: Engine,
	request: Pick<GenerateRequest, 'turns' | 'cacheKey'>,
	signal: AbortSignal,
): Promise<string> {
	let text = '';
	const sampling = { ...greedySampling, maxTokens: titleTokens, seed: 0 };
	// A model that thinks first would spend all of the tokens on that.
	const prefill = engine.capabilities().reasoning ? { text: '<think>\n\n</think>\n\n', tokens: null } : undefined;
	for await (const event of engine.generate({ ...request, sampling, ...(prefill && { prefill }) }, signal)) {
		if (event.type === 'tokens') text += event.text;
		if (event.type === 'failed') throw new Error(event.failure.message);
	}
	return text;
}
