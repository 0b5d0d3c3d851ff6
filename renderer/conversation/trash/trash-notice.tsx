import { RotateCcw, Trash2 } from 'lucide-react';
import { useStore } from 'zustand';
import { Button } from '../../design/button.tsx';
import { Icon } from '../../design/icon.tsx';
import { useServices } from '../../services.ts';
import { shownConversation } from '../thread-state.ts';
import { restoreConversations } from './change-trash.ts';

/** Below the messages of a conversation that is in the trash, in the place where one would write. */
export function TrashNotice() {
	const services = useServices();
	const conversation = useStore(services.thread.state, shownConversation);
	if (conversation === null) return null;
	return (
		<div className="flex-none px-6 pb-4">
			<div
				role="status"
				className="mx-auto flex max-w-[calc(var(--reading)+24px)] items-center gap-2 rounded-lg border border-line bg-sunken py-2 pr-2 pl-3 text-ink-2"
			>
				<Icon of={Trash2} size={14} className="text-ink-3" />
				<p className="min-w-0 flex-1">
					<b className="font-medium text-ink">This conversation is in the trash.</b> It can be read; to go on with it,
					restore it.
				</p>
				<Button size="sm" icon={RotateCcw} onClick={() => void restoreConversations(services, [conversation.id])}>
					Restore
				</Button>
			</div>
		</div>
	);
}
