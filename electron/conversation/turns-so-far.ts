import type { GenerateRequest, RequestTurn } from '../../models/contract/generation.ts';
import type { Conversation, MessagePrompt } from '../contract/conversation/schema.ts';
import { offeredTools, toolUse } from './answer/tool-calls.ts';
import type { ConversationContext } from './context.ts';
import { noContext, type SummaryUse } from './context-builder.ts';
import type { EffectiveOptions } from './options.ts';
import { isMemoryUsed, type PromptContext, type PromptMessages, readPromptMessages } from './prompt-messages.ts';
import { buildTurns, systemWithPieces } from './prompt-turns.ts';
import { cacheKeyOf } from './saved-states.ts';
import { readContext } from './store/context-pieces.ts';

/** What the next prompt of a conversation begins with. */
export interface TurnsSoFar extends PromptMessages {
	readonly turns: readonly RequestTurn[];
	/** The summary in them; null: none. */
	readonly summary: SummaryUse | null;
	/** Whether facts about the person are in them. */
	readonly hasFacts: boolean;
}

/**
 * Returns the turns of the last answer's prompt, with that answer: what the next prompt begins with, and what the model
 * has in its cache, without facts that may no longer be sent. `head`: the last message of the branch; null: there is none.
 */
export async function readTurnsSoFar(
	context: PromptContext,
	{ systemPrompt, memory = true }: Pick<Conversation, 'systemPrompt'> & { readonly memory?: boolean | undefined },
	head: number | null,
	contextSize: number,
	prompt: MessagePrompt | null = null,
): Promise<TurnsSoFar> {
	const read =
		head === null ? { messages: [], tooOld: [] } : await readPromptMessages(context, head, contextSize, memory);
	const { pieces: given, summary } = head === null ? noContext : readContext(context.database, head, 0);
	const usesMemory = isMemoryUsed(context, memory);
	const pieces = given.filter(({ kind }) => usesMemory || kind !== 'memory');
	const path = [...read.tooOld, ...read.messages.map(({ id }) => id)];
	const covered = new Set(summary === null ? [] : path.slice(0, path.indexOf(summary.untilId) + 1));
	const messages = read.messages.filter(({ id }) => !covered.has(id));
	return {
		messages: read.messages,
		tooOld: read.tooOld.filter((id) => !covered.has(id)),
		turns: buildTurns(systemWithPieces(systemPrompt, pieces), messages, prompt),
		summary,
		hasFacts: [...pieces, ...messages.flatMap((message) => message.pieces)].some(({ kind }) => kind === 'memory'),
	};
}

/** What the next prompt of a conversation begins with, and the request that finds it in the model's cache. */
export interface CachedPrompt extends TurnsSoFar {
	/** With other tools or adapters, the model would read all of it again. It may make no calls. */
	readonly request: Pick<GenerateRequest, 'cacheKey' | 'tools' | 'adapters'>;
}

/** Reads the prompt that the model has in its cache, to ask something at its end. Throws Failure `adapter-unknown`. */
export async function readCachedPrompt(
	context: ConversationContext,
	conversation: Conversation,
	options: Pick<EffectiveOptions, 'memory' | 'prompt' | 'answerFormat' | 'adapters'>,
	head: number | null,
	contextSize: number,
): Promise<CachedPrompt> {
	const { id } = conversation;
	const subject = { ...conversation, memory: options.memory };
	const read = await readTurnsSoFar(context, subject, head, contextSize, options.prompt);
	const offered = options.answerFormat === undefined ? await offeredTools(context, id) : null;
	const { files: adapters } = options.adapters();
	const request = {
		cacheKey: cacheKeyOf(id),
		...(offered === null ? {} : { tools: toolUse(offered.offers, 'none') }),
		...(adapters === undefined ? {} : { adapters }),
	};
	return { ...read, request };
}
