import type { OverflowPolicy } from '../../contract/conversation/overflow.ts';
import { type AssembledPrompt, assemblePrompt, type CountTokens } from '../../conversation/assemble-prompt.ts';
import type { ContextBuilder, ContextRequest, HistoryMessage } from '../../conversation/context-builder.ts';
import { createContextBuilder } from '../build-context.ts';
import { createPastSource, type PastLibrary } from './past-source.ts';
import {
	coveredMessages,
	isSummaryDue,
	type SummaryModel,
	summarise,
	summaryRoom,
	turnsToAskBehind,
	unbegunSummary,
} from './summarise.ts';
import { createSummarySource, type SummaryVersion } from './summary-source.ts';

/** A stored conversation, whose last message is to be answered. */
export interface ReplayedConversation {
	readonly systemPrompt: string;
	/** Before the message, oldest first: the person and the model in turn. */
	readonly history: readonly {
		readonly role: 'user' | 'assistant';
		readonly text: string;
		readonly at?: number | null;
	}[];
	readonly message: string;
}

export interface ReplayOptions {
	readonly policy: OverflowPolicy;
	/** Tokens of prompt and answer together. */
	readonly contextSize: number;
	/** Counts with the model that answers, as `Engine.countTokens` does. */
	readonly count: CountTokens;
	/** The model that writes summaries; needed for the policy `summary` alone. */
	readonly summaries?: Pick<SummaryModel, 'write'>;
	/** Cosines of passages; if absent, the past is searched by words alone. */
	readonly cosines?: PastLibrary['cosines'];
	/** A source that fails then fails the replay, instead of being left out. */
	readonly isMeasured?: true;
	/** As in `ContextRequest`. */
	readonly delimiters?: ContextRequest['delimiters'];
	readonly signal?: AbortSignal | undefined;
	readonly log?: (line: string) => void;
}

export interface Replayed {
	/** What chat would send for the last message, with what was left out. `turns` go to the model. */
	readonly prompt: AssembledPrompt;
	/** Versions of the summary that were made on the way, oldest first. */
	readonly summaries: readonly SummaryVersion[];
}

/**
 * Holds a stored conversation as chat would under a policy, and returns the prompt of its last message: an evaluation
 * measures what people use. Summaries are made when they are due, as if there had been time for them. Rejects with what
 * counting or writing throws.
 */
export async function replayConversation(
	{ systemPrompt, history: given, message }: ReplayedConversation,
	{ policy, contextSize, count, summaries, cosines, isMeasured, delimiters, signal, log = () => {} }: ReplayOptions,
): Promise<Replayed> {
	const history = given.map(({ role, text }, id): HistoryMessage => ({ id, role, text, content: text, pieces: [] }));
	/** Newest first. */
	const versions: SummaryVersion[] = [];
	let used: SummaryVersion | null = null;
	const builder: ContextBuilder = createContextBuilder(
		[
			createSummarySource({ versions: () => versions, lastUsed: () => used?.id ?? null }),
			createPastSource({
				read: (ids) =>
					ids.map((id) => ({ id, role: given[id]!.role, text: given[id]!.text, at: given[id]!.at ?? null })),
				cosines: cosines ?? (async () => null),
			}),
		],
		log,
	);
	const assemble = (before: readonly HistoryMessage[], text: string): Promise<AssembledPrompt> =>
		assemblePrompt(
			builder,
			{
				// Read from the library, as messages of a stored conversation are.
				conversationId: 0,
				memory: false,
				documents: [],
				overflow: policy,
				systemPrompt,
				prompt: null,
				history: before,
				tooOld: [],
				message: { text, content: text },
				contextSize,
				isMeasured,
				delimiters,
				signal,
			},
			count,
		);
	if (policy === 'summary') {
		if (summaries === undefined) throw new Error('the policy needs a model that writes summaries');
		const countTexts = async (texts: readonly string[]): Promise<readonly number[]> =>
			(await count({ turns: [{ role: 'user', content: '' }], texts: [...texts] })).textTokens;
		const tokens = await countTexts(history.map(({ text }) => text));
		for (const [index, { role, text }] of history.entries()) {
			if (role !== 'user') continue;
			const prompt = await assemble(history.slice(0, index), text);
			const { context } = prompt;
			used = versions.find(({ id }) => id === context.summary?.id) ?? used;
			// The answer to it, if there is one, is in the conversation when the next version is made.
			const end = history[index + 1]?.role === 'assistant' ? index + 2 : index + 1;
			const [newest] = versions;
			const from = newest === undefined ? 0 : newest.untilId + 1;
			const uncovered = history.slice(from, end);
			const own = tokens.slice(from, end);
			const sum = own.reduce((total, one) => total + one, 0);
			const fixed = { systemPrompt, prompt: null, summary: newest?.text ?? '' };
			const room = await summaryRoom(contextSize, fixed, count);
			const covered = coveredMessages(uncovered, own, room);
			if (!isSummaryDue(sum, room) || covered === 0) continue;
			// As in chat: at the end of the prompt that is in the cache, if that holds the version to continue.
			const answer = history
				.slice(index + 1, end)
				.map(({ text: content }) => ({ role: 'assistant' as const, content }));
			const holdsAll = (context.summary?.id ?? null) === (newest?.id ?? null);
			const behind = holdsAll ? await turnsToAskBehind([...prompt.turns, ...answer], contextSize, count) : null;
			const work = {
				before: newest?.text ?? '',
				messages: uncovered.slice(0, covered),
				behind,
				progress: unbegunSummary,
			};
			const written = await summarise({ contextSize, countTokens: countTexts, write: summaries.write }, work, () => {});
			const number = versions.length + 1;
			versions.unshift({ id: number, number, untilId: from + covered - 1, text: written, atOnce: false });
		}
	}
	return { prompt: await assemble(history, message), summaries: versions.toReversed() };
}
