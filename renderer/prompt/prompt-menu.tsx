import { Copy, Ellipsis, MessageSquare, Pencil, Trash2 } from 'lucide-react';
import { useState } from 'react';
import type { Prompt, PromptContent } from '../../electron/contract/prompt/schema.ts';
import { moveToTrash } from '../app/move-to-trash.ts';
import { NameDialog } from '../app/name-dialog.tsx';
import { iconButtonClass } from '../design/button.tsx';
import { Icon } from '../design/icon.tsx';
import { Menu, MenuItem, MenuLine } from '../design/menu.tsx';
import { type Services, useServices } from '../services.ts';
import { toContent } from './prompt-store.ts';

/** Actions on the whole prompt. `content`: the editor's text. */
export function PromptMenu({ prompt, content }: { prompt: Prompt; content: PromptContent }) {
	const services = useServices();
	const { layout, prompts, presets, toasts } = services;
	const [asking, setAsking] = useState<'rename' | 'copy' | 'preset' | null>(null);
	const close = () => setAsking(null);
	return (
		<>
			<Menu
				trigger={
					<button type="button" aria-label="Prompt actions" className={iconButtonClass()}>
						<Icon of={Ellipsis} />
					</button>
				}
			>
				{content.system === '' ? null : (
					<MenuItem icon={MessageSquare} onSelect={() => setAsking('preset')}>
						Use in chat as a preset
					</MenuItem>
				)}
				<MenuItem icon={Copy} onSelect={() => setAsking('copy')}>
					Duplicate
				</MenuItem>
				<MenuItem icon={Pencil} onSelect={() => setAsking('rename')}>
					Rename
				</MenuItem>
				<MenuLine />
				<MenuItem icon={Trash2} danger onSelect={() => void removePrompt(services, prompt)}>
					Delete
				</MenuItem>
			</Menu>
			{asking === 'rename' ? (
				<NameDialog
					title="Rename prompt"
					verb="Rename"
					name={prompt.name}
					onClose={close}
					onName={(name) => prompts.rename(prompt.id, name)}
				/>
			) : null}
			{asking === 'copy' ? (
				<NameDialog
					title="Duplicate prompt"
					text="A prompt of its own that begins with what is written here."
					verb="Duplicate"
					name={`${prompt.name} copy`}
					onClose={close}
					onName={async (name) => {
						const { id } = await prompts.create(name, toContent(content));
						layout.go({ section: 'prompts', promptId: id });
					}}
				/>
			) : null}
			{asking === 'preset' ? (
				<NameDialog
					title="Use in chat"
					text="Makes a preset with this system prompt. Conversations choose it in their settings."
					verb="Make preset"
					name={prompt.name.slice(0, 80)}
					onClose={close}
					onName={async (name) => {
						await presets.create({ name, systemPrompt: content.system, sampling: {}, contextSize: null });
						toasts.show({
							text: `The preset “${name}” can be chosen in chat`,
							icon: MessageSquare,
							action: {
								label: 'New conversation',
								run: () => layout.go({ section: 'chat', conversationId: null }),
							},
						});
					}}
				/>
			) : null}
		</>
	);
}

function removePrompt(services: Services, { id, name }: Prompt): Promise<void> {
	const { layout, prompts } = services;
	const go = (promptId: number | null) => layout.go({ section: 'prompts', promptId });
	return moveToTrash(
		services,
		name,
		() => prompts.remove(id).then(() => go(null)),
		() => prompts.restore(id).then(() => go(id)),
	);
}
