import { transaction } from '../../database/sql.ts';
import type { FeedbackContext } from '../context.ts';
import { insertSignal } from '../store.ts';
import { type DetectedSignal, signalsOfEnd, signalsOfStart } from './notice.ts';

/** Notes what people do next, from the conversation's events, unless it is switched off. Returns the unsubscribe. */
export function listenForSignals(context: FeedbackContext): () => void {
	const { database, events, settings, clock } = context;
	return events.subscribe((event) => {
		if (event.type !== 'generation-started' && event.type !== 'generation-ended') return;
		if (!settings().collectSignals) return;
		const read = event.type === 'generation-started' ? signalsOfStart : signalsOfEnd;
		keep(read(database, event.messageId));
	});

	function keep(noticings: readonly DetectedSignal[]): void {
		const fresh = transaction(database, () =>
			noticings.filter((noticing) => insertSignal(database, { ...noticing, now: clock() })),
		);
		for (const { messageId } of fresh) events.publish({ type: 'feedback-changed', messageId });
	}
}
