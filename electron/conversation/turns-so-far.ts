import type { RequestTurn } from '../../models/contract/generation.ts';
import type { Conversation, MessagePrompt } from '../contract/conversation/schema.ts';
import type { ConversationContext } from './context.ts';
import { noContext, type SummaryUse } from './context-builder.ts';
import { type PromptMessages, readPromptMessages } from './prompt-messages.ts';
import { buildTurns, systemWithPieces } from './prompt-turns.ts';
import { readContext } from './store/context-pieces.ts';

/** What the next prompt of a conversation begins with. */
export interface TurnsSoFar extends PromptMessages {
	readonly turns: readonly RequestTurn[];
	/** The summary in them; null: none. */
	readonly summary: SummaryUse | null;
}

/**
 * Returns the turns of the last answer's prompt, with that answer: what the next prompt begins with, and what the model
 * has in its cache. `head`: the last message of the branch; null: there is none.
 */
export async function readTurnsSoFar(
	context: Pick<ConversationContext, 'database' | 'answers'>,
	{ systemPrompt }: Pick<Conversation, 'systemPrompt'>,
	head: number | null,
	contextSize: number,
	prompt: MessagePrompt | null = null,
): Promise<TurnsSoFar> {
	const read = head === null ? { messages: [], tooOld: [] } : await readPromptMessages(context, head, contextSize);
	const { pieces, summary } = head === null ? noContext : readContext(context.database, head);
	const path = [...read.tooOld, ...read.messages.map(({ id }) => id)];
	const covered = new Set(summary === null ? [] : path.slice(0, path.indexOf(summary.untilId) + 1));
	const messages = read.messages.filter(({ id }) => !covered.has(id));
	return {
		messages: read.messages,
		tooOld: read.tooOld.filter((id) => !covered.has(id)),
		turns: buildTurns(systemWithPieces(systemPrompt, pieces), messages, prompt),
		summary,
	};
}
