import { Plus } from 'lucide-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import type { Prompt } from '../../electron/contract/prompt/schema.ts';
import { ListGroup, ListPane } from '../app/list-pane.tsx';
import { NameDialog } from '../app/name-dialog.tsx';
import { runOrToast } from '../app/run-or-toast.ts';
import { TrashMenu } from '../app/trash-menu.tsx';
import { IconButton } from '../design/button.tsx';
import { ChangedDot } from '../design/changed-dot.tsx';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { isBlank, shownPrompt } from './prompt-store.ts';

const nothing = { system: '', template: '', example: '' };

/** The prompts: the user's own, then the templates that come with Assay. */
export function PromptList() {
	const { layout, prompts } = useServices();
	const state = useStore(prompts.state);
	const [naming, setNaming] = useState(false);
	const own = state.prompts.filter(({ starterId }) => starterId === null);
	const starters = state.prompts.filter(({ starterId }) => starterId !== null);
	const rows = {
		shownId: shownPrompt(state)?.id,
		href: (id: number) => `#/prompts/${id}`,
		onOpen: (promptId: number) => layout.go({ section: 'prompts', promptId }),
		mark: ({ id }: Prompt) => (state.drafts[id] === undefined ? null : <ChangedDot />),
		detail: (prompt: Prompt) =>
			isBlank(prompt)
				? state.drafts[prompt.id] === undefined
					? t('Empty')
					: t('Unsaved')
				: `v${prompt.latest.number}`,
	};
	return (
		<ListPane
			title={t('Prompts')}
			actions={<IconButton icon={Plus} label={t('New prompt')} onClick={() => setNaming(true)} />}
			status={state.status}
			foot={
				<>
					<PromptTrash />
					{naming ? <NewPromptDialog onClose={() => setNaming(false)} /> : null}
				</>
			}
		>
			<ListGroup
				name={t('Yours')}
				items={own}
				empty={t('None yet. Create one, or start from a template below.')}
				{...rows}
			/>
			<ListGroup name={t('Templates')} items={starters} {...rows} />
		</ListPane>
	);
}

/** Asks for the name of a new prompt, which starts empty. */
export function NewPromptDialog({ onClose }: { onClose: () => void }) {
	const { layout, prompts } = useServices();
	return (
		<NameDialog
			title={t('New prompt')}
			verb={t('Create prompt')}
			name=""
			onClose={onClose}
			onName={async (name) => {
				const { id } = await prompts.create(name, nothing);
				layout.go({ section: 'prompts', promptId: id });
			}}
		/>
	);
}

function PromptTrash() {
	const services = useServices();
	const { layout, prompts } = services;
	const deleted = useStore(prompts.state, (state) => state.deleted);
	return (
		<TrashMenu
			deleted={deleted}
			onRestore={(id) =>
				void runOrToast(services, async () => {
					await prompts.restore(id);
					layout.go({ section: 'prompts', promptId: id });
				})
			}
		/>
	);
}
