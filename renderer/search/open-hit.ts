import type { SearchHit } from '../../electron/contract/search.ts';
import type { Services } from '../services.ts';

/** Opens the conversation at the message that was found, on whichever branch it lies. */
export function openFoundMessage(
	{ layout }: Pick<Services, 'layout'>,
	hit: Pick<SearchHit, 'conversationId' | 'messageId'>,
): void {
	layout.set({ target: hit.messageId });
	layout.go({ section: 'chat', conversationId: hit.conversationId });
}
