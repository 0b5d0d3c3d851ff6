import { askAboutConversation, type WorkAfterAnswers, workAfterAnswers } from '../../conversation/after-answers.ts';
import type { ConversationContext } from '../../conversation/context.ts';
import { getConversation, headOf } from '../../conversation/store/conversations.ts';
import { getMessageRow } from '../../conversation/store/messages.ts';
import { readOptions } from '../../conversation/store/options.ts';
import { isRepeated } from '../../conversation/store/repeated-words.ts';
import type { Lane } from '../../jobs/lane.ts';
import { findStatedFacts, sentencesOf } from './fact-rules.ts';
import { proposeFacts } from './facts.ts';
import { hasFactsOf } from './store.ts';

/** Sentences of a message that a model chooses among. */
const mostSentences = 12;
/** A sentence of fewer characters says little. */
const leastCharacters = 12;

/**
 * Looks for facts in what the person writes: by rules as soon as a message is sent and, if the settings allow it, by the
 * model of the conversation in idle time after the answer. Reads the person's own sentences alone, never answers,
 * documents or results of tools; a model only says which of those sentences to propose.
 */
export function followMessages(
	context: ConversationContext,
	lane: Lane,
	{ idleMs }: { readonly idleMs?: number } = {},
): WorkAfterAnswers {
	const { database, events, settings, log } = context;

	/** The person's message that an answer is for; null: nothing is remembered of that conversation. */
	function questionOf(answerId: number): { readonly id: number; readonly content: string } | null {
		const { parentId, conversationId } = getMessageRow(database, answerId);
		if (parentId === null || readOptions(database, conversationId).memory === false) return null;
		return getMessageRow(database, parentId);
	}

	function applyRules(answerId: number): void {
		const question = questionOf(answerId);
		if (question === null || hasFactsOf(database, question.id)) return;
		const own = findStatedFacts(question.content).filter(({ quote }) => !isRepeated(database, question.id, quote));
		if (own.length > 0) proposeFacts(context, question.id, 'rule', own);
	}

	/** Messages that a model has read since the start. */
	const read = new Set<number>();

	/** Sentences of the last message that a model may choose among; none if it has read them. */
	function openSentences(conversationId: number): { readonly messageId: number; readonly sentences: string[] } | null {
		const head = headOf(database, conversationId);
		const question = head === null ? null : questionOf(head);
		if (question === null || read.has(question.id)) return null;
		const sentences = sentencesOf(question.content)
			.filter(({ sentence, asks }) => !asks && sentence.length >= leastCharacters)
			.map(({ sentence }) => sentence)
			.slice(0, mostSentences);
		return sentences.length === 0 ? null : { messageId: question.id, sentences };
	}

	async function askModel(conversationId: number, signal: AbortSignal): Promise<void> {
		if (settings().memoryProposals !== 'model' || getConversation(database, conversationId).deletedAt !== null) return;
		const open = openSentences(conversationId);
		if (open === null) return;
		const { messageId, sentences } = open;
		const answer = await askAboutConversation(context, conversationId, questionAbout(sentences), signal);
		signal.throwIfAborted();
		if (answer === null) return;
		read.add(messageId);
		const chosen = chosenSentences(answer, sentences).filter((one) => !isRepeated(database, messageId, one));
		const found = findStatedFacts(chosen.join('\n')).map(({ quote }) => quote);
		const proposals = chosen.filter((one) => !found.includes(one)).map((one) => ({ text: one, quote: one, topic: '' }));
		if (proposals.length > 0) proposeFacts(context, messageId, 'model', proposals);
	}

	const unsubscribe = events.subscribe((event) => {
		if (event.type !== 'generation-started' || settings().memoryProposals === 'off') return;
		// After whoever waits for the answer.
		setImmediate(() => {
			try {
				applyRules(event.messageId);
			} catch (error) {
				// For example, it was deleted, or the disk is full: then it is proposed when it is said again.
				log(`memory: nothing was proposed: ${String(error)}`);
			}
		});
	});
	const model = workAfterAnswers(context, lane, {
		idleMs,
		failed: 'a model proposed no facts',
		wants: (id) => settings().memoryProposals === 'model' && openSentences(id) !== null,
		work: askModel,
	});
	return {
		async close() {
			unsubscribe();
			await model.close();
		},
	};
}

/** Asks which sentences to remember. The reply can only be their numbers, so it can't bring in other words. */
export function questionAbout(sentences: readonly string[]) {
	const numbers = sentences.map((_, index) => `"${index + 1}"`).join(' | ');
	return {
		instruction: [
			'Leave the conversation aside for a moment. These are sentences that I wrote:',
			...sentences.map((sentence, index) => `${index + 1}. ${sentence}`),
			'Which of them state a lasting fact about me, or how I always want to be answered, so that it will still hold next month? Reply with their numbers only, or with "none".',
		].join('\n'),
		maxTokens: 24,
		grammar: `root ::= "none" | number (", " number)*\nnumber ::= ${numbers}`,
	};
}

/** Returns the sentences that a reply names. */
export function chosenSentences(reply: string, sentences: readonly string[]): string[] {
	const numbers = new Set((reply.replaceAll(/<\/?think>/g, '').match(/\d+/g) ?? []).map(Number));
	return sentences.filter((_, index) => numbers.has(index + 1));
}
