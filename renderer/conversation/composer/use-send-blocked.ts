import { useStore } from 'zustand';
import { formatCount } from '../../design/format.ts';
import { useServices } from '../../services.ts';
import { modelsBeingRead } from '../actions.ts';
import { useBlockedReason } from '../use-blocked-reason.ts';
import { findAttachmentPlace } from './attachment/attachments.ts';

const filesBeingRead = 'A file is being read';

/** Whether what is in the way goes away by itself in a moment. */
export function isPassing(reason: string): boolean {
	return reason === modelsBeingRead || reason === filesBeingRead;
}

/** Why what is in the composer can't be sent now, in words for a person; null when it can. */
export function useSendBlocked(draftKey: string): string | null {
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
