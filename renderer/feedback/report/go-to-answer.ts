import type { FeedbackItem } from '../../../electron/contract/feedback.ts';
import type { Services } from '../../services.ts';

/** Opens the conversation at the answer, on whichever branch it stands. */
export function openRatedAnswer({ layout }: Services, { conversationId, messageId }: FeedbackItem): void {
	layout.set({ target: messageId });
	layout.go({ section: 'chat', conversationId });
}
