import { MessageSquareDashed } from 'lucide-react';
import { useStore } from 'zustand';
import { formatShortcut } from '../../app/keys.ts';
import { IconButton } from '../../design/button.tsx';
import { useServices } from '../../services.ts';
import { openNewConversation, openTemporaryConversation } from '../actions.ts';

/** Before the first message: whether the conversation is kept. Nothing later: it cannot be changed then. */
export function TemporaryToggle() {
	const services = useServices();
	const kind = useStore(services.thread.state, (state) => {
		if (state.status === 'new') return 'kept';
		return state.status === 'temporary' && state.messages.length === 0 ? 'temporary' : null;
	});
	if (kind === null) return null;
	const temporary = kind === 'temporary';
	return (
		<IconButton
			icon={MessageSquareDashed}
			label={temporary ? 'Keep this conversation' : 'Make it temporary'}
			keys={temporary ? formatShortcut('new-conversation') : formatShortcut('temporary-conversation')}
			aria-pressed={temporary}
			onClick={() => (temporary ? openNewConversation(services) : openTemporaryConversation(services))}
		/>
	);
}
