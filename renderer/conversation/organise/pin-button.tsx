import { Pin, PinOff } from 'lucide-react';
import type { Conversation } from '../../../electron/contract/conversation.ts';
import { IconButton } from '../../design/button.tsx';
import { useServices } from '../../services.ts';
import { pinConversations } from './change.ts';

/** Keeps the conversation on the screen at the top of the list. */
export function PinButton({ conversation: { id, pinnedAt } }: { conversation: Conversation }) {
	const services = useServices();
	const pinned = pinnedAt !== null;
	return (
		<IconButton
			icon={pinned ? PinOff : Pin}
			label={pinned ? 'Unpin' : 'Pin'}
			aria-pressed={pinned}
			onClick={() => void pinConversations(services, [id], !pinned)}
		/>
	);
}
