import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { formatCount } from '../../design/format.ts';
import { useServices } from '../../services.ts';
import { modelsBeingRead, sendDraft, useBlockedReason } from '../actions.ts';
import { isWriting } from '../thread/thread-state.ts';
import { findAttachmentPlace } from './attachment-store.ts';

export interface Sending {
	/** Reason why it can't be sent now; null if it can. */
	readonly blocked: string | null;
	/** The user asked to send, and it is sent once the obstacle has passed. */
	readonly waiting: boolean;
	readonly submit: () => void;
}

/**
 * Sends the composer's content. If models or attached files are still loading, it waits and then sends; any other
 * obstacle is reported.
 */
export function useSend(draftKey: string): Sending {
	const services = useServices();
	const { drafts, thread, toasts } = services;
	const blocked = useSendBlocked(draftKey);
	const blank = useStore(drafts.state, (all) => (all[draftKey] ?? '').trim() === '');
	const [waitingFor, setWaitingFor] = useState<string | null>(null);
	const waiting = waitingFor === draftKey;
	useEffect(() => {
		if (!waiting || (blocked !== null && isPassing(blocked))) return;
		setWaitingFor(null);
		if (blocked === null) void sendDraft(services);
		else toasts.show({ text: `Not sent: ${blocked}` });
	}, [waiting, blocked, services, toasts]);

	function submit(): void {
		if (isWriting(thread.state.getState())) return;
		if (blocked === null) void sendDraft(services);
		else if (isPassing(blocked)) setWaitingFor(draftKey);
		else if (!blank) toasts.show({ text: `Not sent: ${blocked}` });
	}
	return { blocked, waiting, submit };
}

const filesBeingRead = 'A file is being read';

/** Whether the obstacle goes away by itself in a moment. */
function isPassing(reason: string): boolean {
	return reason === modelsBeingRead || reason === filesBeingRead;
}

/** Returns the reason why the composer's content can't be sent now; null if it can. */
function useSendBlocked(draftKey: string): string | null {
	const { attachments, drafts, tokenCount, thread } = useServices();
	const reason = useBlockedReason();
	const place = useStore(thread.state, findAttachmentPlace);
	const blank = useStore(drafts.state, (all) => (all[draftKey] ?? '').trim() === '');
	const files = useStore(attachments.state, (all) => {
		const waiting = place === null ? [] : (all[place] ?? []);
		if (waiting.some(({ status }) => status === 'reading')) return 'reading';
		return waiting.some(({ status }) => status === 'ready') ? 'ready' : 'none';
	});
	// Neither an estimate nor a count of an older text may block sending.
	const excess = useStore(tokenCount.state, ({ known, stale }) => (known?.exact && !stale ? known.excess : 0));
	if (reason !== null) return reason;
	if (files === 'reading') return filesBeingRead;
	if (blank && files === 'none') return 'Write a message first';
	return excess > 0 ? `Too long by ${formatCount(excess)} tokens` : null;
}
