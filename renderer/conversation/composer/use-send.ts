import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { chooseModel } from '../../library/library-store.ts';
import { t } from '../../messages/t.ts';
import { type Services, useServices } from '../../services.ts';
import { modelsBeingRead, sendDraft, shownDraft, useBlockedReason } from '../actions.ts';
import { chosenModelId, isWriting } from '../thread/thread-state.ts';
import { findAttachmentPlace } from './attachment-store.ts';
import { shownDraftKey } from './draft-store.ts';

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
	const [checkingFor, setCheckingFor] = useState<string | null>(null);
	const waiting = waitingFor === draftKey;
	useEffect(() => {
		if (!waiting || (blocked !== null && isPassing(blocked))) return;
		setWaitingFor(null);
		if (blocked === null) void sendIfItFits(services, setCheckingFor);
		else toasts.note({ text: t('Not sent: {reason}', { reason: blocked }) });
	}, [waiting, blocked, services, toasts]);

	function submit(): void {
		if (isWriting(thread.state.getState()) || checkingFor !== null) return;
		if (blocked === null) void sendIfItFits(services, setCheckingFor);
		else if (isPassing(blocked)) setWaitingFor(draftKey);
		else if (!blank) toasts.note({ text: t('Not sent: {reason}', { reason: blocked }) });
	}
	return { blocked, waiting: waiting || checkingFor === draftKey, submit };
}

/** Sends the draft unless it is too long; then the notice above the composer offers what helps. */
async function sendIfItFits(services: Services, onChecking: (draftKey: string | null) => void): Promise<void> {
	const { thread } = services;
	const key = shownDraftKey(thread.state.getState());
	const text = shownDraft(services);
	onChecking(key);
	try {
		if (!(await fitsContext(services))) return;
	} finally {
		onChecking(null);
	}
	if (shownDraftKey(thread.state.getState()) === key) await sendDraft(services, text);
}

/**
 * Counts what was typed last, too, since a message that is sent too long stays in the conversation. If the model isn't
 * loaded and the estimate is too long, loads it to know for sure.
 */
async function fitsContext({ models, thread, tokenCount }: Services): Promise<boolean> {
	const known = await tokenCount.settle();
	if (known === null || known.excess === 0) return true;
	if (known.exact) return false;
	const now = thread.state.getState();
	const model = chooseModel(models.state.getState().models, chosenModelId(now));
	if (model !== undefined) await models.load(model.id);
	const counted = await tokenCount.settle();
	return counted === null || counted.excess === 0;
}

const filesBeingRead = t('A file is still being read');

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
	if (blank && files === 'none') return t('Write a message first');
	return excess > 0 ? t('Too long by {excess, plural, one {# token} other {# tokens}}', { excess }) : null;
}
