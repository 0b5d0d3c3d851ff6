import { Box, Columns2, Ellipsis, Split } from 'lucide-react';
import type { Message } from '../../../electron/contract/conversation.ts';
import { iconButtonClass } from '../../design/button.tsx';
import { Icon } from '../../design/icon.tsx';
import { Menu, MenuItem, MenuLine } from '../../design/menu.tsx';
import { useServices } from '../../services.ts';
import { branchConversation, runOrToast } from '../actions.ts';
import { isStored } from '../thread-state.ts';
import { useOtherModels } from './use-other-models.ts';

/** What else can be done with an answer. `blocked`: why no further answer can begin now. */
export function AnswerMenu({ message, blocked }: { message: Message; blocked: string | undefined }) {
	const services = useServices();
	const { thread } = services;
	const others = useOtherModels(message.generation?.modelFileId ?? null);
	const models = blocked === undefined ? others : [];
	const stored = isStored(message);
	if (!stored && models.length === 0) return null;
	return (
		<Menu
			align="start"
			trigger={
				<button type="button" aria-label="More for this answer" className={iconButtonClass('sm')}>
					<Icon of={Ellipsis} size={14} />
				</button>
			}
		>
			{stored ? (
				<MenuItem icon={Split} onSelect={() => void branchConversation(services, message.id)}>
					Branch into a new conversation
				</MenuItem>
			) : null}
			{stored && message.siblings.length > 1 ? (
				<MenuItem icon={Columns2} onSelect={() => void runOrToast(services, () => thread.versions.show(message))}>
					Show the versions side by side
				</MenuItem>
			) : null}
			{models.length > 0 && stored ? <MenuLine /> : null}
			{models.map((model) => (
				<MenuItem
					key={model.id}
					icon={Box}
					keys={model.quantization}
					onSelect={() => void thread.regenerate(message.id, model.id)}
				>
					Answer again with {model.name}
				</MenuItem>
			))}
		</Menu>
	);
}
