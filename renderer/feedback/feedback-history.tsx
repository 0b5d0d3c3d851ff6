import { useEffect, useState } from 'react';
import type { FeedbackEntry, MessageFeedback } from '../../electron/contract/feedback/schema.ts';
import { isConnectionLoss, toFailure } from '../connection/failure.ts';
import { formatFullTime } from '../design/format.ts';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { describeEntry } from './feedback-wording.ts';

/** Earlier feedback on an answer, newest first: changing a rating or a correction keeps the one it replaces. */
export function FeedbackHistory({
	messageId,
	messageFeedback,
	headed = true,
}: {
	messageId: number;
	messageFeedback: MessageFeedback | undefined;
	/** Whether it shows its heading. */
	headed?: boolean;
}) {
	const { connection, toasts } = useServices();
	const [entries, setEntries] = useState<readonly FeedbackEntry[]>([]);
	// biome-ignore lint/correctness/useExhaustiveDependencies: what is said now decides what was said before
	useEffect(() => {
		const controller = new AbortController();
		connection.client.feedback.history({ messageId }, { signal: controller.signal }).then(
			(answer) => setEntries(answer.entries),
			(error: unknown) => {
				if (!controller.signal.aborted && !isConnectionLoss(error)) toasts.fail(toFailure(error).message);
			},
		);
		return () => controller.abort();
	}, [messageId, messageFeedback, connection, toasts]);
	const before = entries.filter(({ kind, supersededAt }) => kind !== 'signal' && supersededAt !== null);
	if (before.length === 0) return null;
	return (
		<section aria-label={t('Rating history')}>
			{headed ? <p className="mb-1 text-xs font-medium text-ink-3">{t('Rating history')}</p> : null}
			<ol className="flex flex-col gap-2">
				{before.map((entry) => (
					<li key={entry.id}>
						<p className="text-xs text-ink-3 tabular-nums">{formatFullTime(entry.createdAt)}</p>
						<p>{describeEntry(entry)}</p>
						{[entry.comment, entry.correction].map((text) =>
							text === null ? null : (
								<p key={text} className="foreign line-clamp-4 text-ink-2" dir="auto">
									{text.slice(0, 1000)}
								</p>
							),
						)}
					</li>
				))}
			</ol>
		</section>
	);
}
