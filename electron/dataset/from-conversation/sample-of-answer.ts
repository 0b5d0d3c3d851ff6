import type { MessageFeedback } from '../../contract/feedback.ts';
import { getMessageRow } from '../../conversation/store/messages.ts';
import type { ReadableDatabase } from '../../database/handle.ts';
import { readPromptTurns } from '../../feedback/export/lines.ts';
import { readFeedback } from '../../feedback/store.ts';
import type { SampleToAdd } from '../change/order.ts';

/** How a sample of an answer is filed. */
export interface Filing {
	readonly split?: string | undefined;
	readonly tags: readonly string[];
}

/**
 * An answer as a sample; null where nobody said what the answer should be. `approve`: the answer itself is right. Throws
 * Failure `message-unknown`.
 */
export function sampleOfAnswer(
	database: ReadableDatabase,
	messageId: number,
	approve: boolean,
	{ split, tags }: Filing,
): SampleToAdd | null {
	const { conversationId, content } = getMessageRow(database, messageId);
	const said = readFeedback(database, messageId);
	const target = targetOf(said, content, approve);
	if (target === null) return null;
	const turns = readPromptTurns(database, messageId);
	const [only] = turns;
	return {
		sample: {
			input: turns.length === 1 && only?.role === 'user' ? only.content : [...turns],
			target,
			metadata: said.correction === null ? {} : { rejected: content },
			tags: [...new Set([...tags, ...said.tags])].slice(0, 64),
			cluster: `conversation ${conversationId}`,
			key: `message ${messageId}`,
			...(split === undefined ? {} : { split }),
		},
		source: { kind: 'message', conversationId, messageId },
	};
}

function targetOf(said: MessageFeedback, answer: string, approve: boolean): string | null {
	if (said.correction !== null) return said.correction;
	if (answer.trim() === '') return null;
	return approve || said.rating === 'up' ? answer : null;
}
