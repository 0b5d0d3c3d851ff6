import type { OverflowPolicy, OverflowUse } from '../../../electron/contract/conversation/overflow.ts';
import type { Message } from '../../../electron/contract/conversation/schema.ts';
import { t } from '../../messages/t.ts';

export const overflowPolicies: readonly OverflowPolicy[] = ['drop', 'summary', 'retrieve'];

/** Names what happens once the context is full. */
export function nameOfPolicy(policy: OverflowPolicy): string {
	switch (policy) {
		case 'drop':
			return t('Leave out the oldest messages');
		case 'summary':
			return t('Summarise the oldest messages');
		case 'retrieve':
			return t('Look up passages of older messages');
	}
}

/** Explains what happens once the context is full, in a sentence. */
export function describePolicy(policy: OverflowPolicy): string {
	switch (policy) {
		case 'drop':
			return t('When the context is full, the oldest messages are left out. The system prompt is kept.');
		case 'summary':
			return t(
				'The model summarises the oldest messages while nothing else is running. Once the context is full, the summary takes their place. You can read and edit it.',
			);
		case 'retrieve':
			return t(
				'The oldest messages are left out, but the passages of them that are about your message are sent with it.',
			);
	}
}

/** What became of the oldest messages in the newest prompt, and the message before which it begins. */
export interface ShownOverflow {
	readonly use: OverflowUse;
	readonly beforeId: number;
}

/** Returns what the newest answer's prompt left out or summarised; null: nothing. */
export function newestOverflow(messages: readonly Message[]): ShownOverflow | null {
	const answer = messages.findLast(({ ledger }) => ledger !== undefined);
	const use = answer?.ledger?.overflow;
	const beforeId = use?.firstSentId ?? answer?.parentId ?? null;
	return use === undefined || beforeId === null ? null : { use, beforeId };
}

/** "12 earlier messages are summarised (version 3), and 2 are left out". */
export function describeOverflowUse({ summary, leftOut, policy }: OverflowUse): string {
	if (summary !== null) {
		const { messages: count, number } = summary;
		return leftOut === 0
			? t('{count, plural, one {# earlier message is} other {# earlier messages are}} summarised (version {number})', {
					count,
					number,
				})
			: t(
					'{count, plural, one {# earlier message is} other {# earlier messages are}} summarised (version {number}), {left, plural, one {# is} other {# are}} left out',
					{ count, number, left: leftOut },
				);
	}
	return policy === 'retrieve'
		? t('{count, plural, one {# earlier message is} other {# earlier messages are}} looked up, not sent', {
				count: leftOut,
			})
		: t('{count, plural, one {# earlier message is} other {# earlier messages are}} left out', { count: leftOut });
}
