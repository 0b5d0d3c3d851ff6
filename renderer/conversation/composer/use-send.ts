import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { formatCount } from '../../design/format.ts';
import { useServices } from '../../services.ts';
import { modelsBeingRead, sendDraft, useBlockedReason } from '../actions.ts';
import { isWriting } from '../thread/thread-state.ts';
import { findAttachmentPlace } from './attachment-store.ts';

export interface Sending {
	/** Why it can't be sent now; null when it can. */
	readonly blocked: string | null;
	/** It was asked for, and is sent as soon as what is in the way has passed. */
	readonly waiting: boolean;
	readonly submit: () => void;
}

/**
 * Sends what is in the composer. Asked for while the page still learns what there is to answer with (models, attached
 * files), it waits for that and sends then; what does not pass by itself is said.
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

/** Whether what is in the way goes away by itself in a moment. */
function isPassing(reason: string): boolean {
	return reason === modelsBeingRead || reason === filesBeingRead;
}

/** Why what is in the composer can't be sent now, in words for a person; null when it can. */
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
	// A guess must not stand in anybody's way, and neither must a number that is about another text.
	const excess = useStore(tokenCount.state, ({ known, stale }) => (known?.exact && !stale ? known.excess : 0));
	if (reason !== null) return reason;
	if (files === 'reading') return filesBeingRead;
	if (blank && files === 'none') return 'Write a message first';
	return excess > 0 ? `Too long by ${formatCount(excess)} tokens` : null;
}
