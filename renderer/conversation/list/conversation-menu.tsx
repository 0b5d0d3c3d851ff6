import { Braces, FileText, Pencil, Trash2 } from 'lucide-react';
import type { Conversation } from '../../../electron/contract/conversation.ts';
import { MenuItem, MenuLine } from '../../design/menu.tsx';
import { useServices } from '../../services.ts';
import { exportConversation, moveToTrash } from '../actions.ts';

/** What can be done with a conversation; in the row's menu, its context menu and the thread's head. */
export function ConversationMenuItems({ conversation }: { conversation: Conversation }) {
	const services = useServices();
	return (
		<>
			<MenuItem icon={Pencil} keys="F2" onSelect={() => services.layout.set({ renaming: conversation.id })}>
				Rename
			</MenuItem>
			<MenuItem icon={FileText} onSelect={() => void exportConversation(services, conversation.id, 'markdown')}>
				Export as Markdown
			</MenuItem>
			<MenuItem icon={Braces} onSelect={() => void exportConversation(services, conversation.id, 'json')}>
				Export as JSON
			</MenuItem>
			<MenuLine />
			<MenuItem icon={Trash2} keys="Del" danger onSelect={() => void moveToTrash(services, conversation)}>
				Move to trash
			</MenuItem>
		</>
	);
}
