import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { useServices } from '../../services.ts';
import { sendDraft } from '../actions.ts';
import { isWriting } from '../thread-state.ts';
import { isPassing, useSendBlocked } from './use-send-blocked.ts';

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
