import { Copy, Ellipsis, MessageSquare, Pencil, Trash2 } from 'lucide-react';
import { useState } from 'react';
import type { Preset } from '../../electron/contract/conversation/schema.ts';
import type { Prompt, PromptContent } from '../../electron/contract/prompt/schema.ts';
import { moveToTrash } from '../app/move-to-trash.ts';
import { NameDialog } from '../app/name-dialog.tsx';
import { iconButtonClass } from '../design/button.tsx';
import { Icon } from '../design/icon.tsx';
import { Menu, MenuItem, MenuLine } from '../design/menu.tsx';
import { t } from '../messages/t.ts';
import { type Services, useServices } from '../services.ts';
import { isBlank, toContent } from './prompt-store.ts';
import { splitTemplate } from './template-field.tsx';

/** Actions on the whole prompt. `content`: the editor's text. */
export function PromptMenu({ prompt, content }: { prompt: Prompt; content: PromptContent }) {
	const services = useServices();
	const { layout, prompts, presets, toasts } = services;
	const [asking, setAsking] = useState<'rename' | 'copy' | 'preset' | null>(null);
	const close = () => setAsking(null);
	/** The system prompt of a conversation is fixed, so it can't have variables. */
	function askForPreset(): void {
		if (splitTemplate(prompt.latest.system).every(({ variable }) => variable === null)) setAsking('preset');
		else toasts.fail(t('Chat can’t use this prompt: its system prompt has variables, which only samples fill in.'));
	}
	const changed = (['system', 'template', 'example'] as const).some((part) => content[part] !== prompt.latest[part]);
	return (
		<>
			<Menu
				trigger={
					<button type="button" aria-label={t('Prompt actions')} className={iconButtonClass()}>
						<Icon of={Ellipsis} />
					</button>
				}
			>
				{isBlank(prompt) ? null : (
					<MenuItem icon={MessageSquare} onSelect={askForPreset}>
						{t('Use in chat')}
					</MenuItem>
				)}
				<MenuItem icon={Copy} onSelect={() => setAsking('copy')}>
					{t('Duplicate')}
				</MenuItem>
				<MenuItem icon={Pencil} onSelect={() => setAsking('rename')}>
					{t('Rename')}
				</MenuItem>
				<MenuLine />
				<MenuItem icon={Trash2} danger onSelect={() => void removePrompt(services, prompt)}>
					{t('Delete')}
				</MenuItem>
			</Menu>
			{asking === 'rename' ? (
				<NameDialog
					title={t('Rename prompt')}
					verb={t('Rename')}
					name={prompt.name}
					onClose={close}
					onName={(name) => prompts.rename(prompt.id, name)}
				/>
			) : null}
			{asking === 'copy' ? (
				<NameDialog
					title={t('Duplicate prompt')}
					text={t('Creates a new prompt with this text.')}
					verb={t('Duplicate')}
					name={t('{name} copy', { name: prompt.name })}
					onClose={close}
					onName={async (name) => {
						const { id } = await prompts.create(name, toContent(content));
						layout.go({ section: 'prompts', promptId: id });
					}}
				/>
			) : null}
			{asking === 'preset' ? (
				<NameDialog
					title={t('Use in chat')}
					text={
						changed
							? t(
									'Creates a preset that applies v{number} to each message. Choose it in a conversation’s settings. Unsaved changes are not included.',
									{ number: prompt.latest.number },
								)
							: t('Creates a preset that applies v{number} to each message. Choose it in a conversation’s settings.', {
									number: prompt.latest.number,
								})
					}
					verb={t('Create preset')}
					name={prompt.name.slice(0, 80)}
					onClose={close}
					onName={async (name) => {
						await presets.create({
							name,
							systemPrompt: prompt.latest.system,
							sampling: {},
							contextSize: null,
							prompt: toMessagePrompt(prompt),
						});
						toasts.show({
							text: t('Created the preset “{name}”', { name }),
							icon: MessageSquare,
							action: {
								label: t('New conversation'),
								run: () => layout.go({ section: 'chat', conversationId: null }),
							},
						});
					}}
				/>
			) : null}
		</>
	);
}

/** Creates the prompt for messages from the newest version. */
function toMessagePrompt({ name, latest }: Prompt): NonNullable<Preset['prompt']> {
	return {
		name,
		number: latest.number,
		versionId: latest.id,
		template: latest.template,
		example: latest.example,
		technique: { kind: 'zero-shot', extract: { kind: 'whole' } },
		examples: [],
	};
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
