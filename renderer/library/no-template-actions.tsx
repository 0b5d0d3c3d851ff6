import { FilePenLine } from 'lucide-react';
import { useState } from 'react';
import type { ModelFile } from '../../electron/contract/library/schema.ts';
import { shownDraftKey } from '../conversation/composer/draft-store.ts';
import { Button } from '../design/button.tsx';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { openNewPage } from '../writing/page-actions.ts';
import { ChatTemplateDialog } from './chat-template-dialog.tsx';

/** What to do about a model that can't chat: choose a chat template, or write with it on a page. */
export function NoTemplateActions({ model }: { model: ModelFile }) {
	const services = useServices();
	const { drafts, thread } = services;
	const [choosing, setChoosing] = useState(false);

	/** Takes what was typed along to the page. */
	async function write(): Promise<void> {
		const key = shownDraftKey(thread.state.getState());
		const text = drafts.state.getState()[key] ?? '';
		await openNewPage(services, { text, modelFileId: model.id });
		const { page } = services.pages.state.getState();
		if (text !== '' && page?.text === text && drafts.state.getState()[key] === text) drafts.set(key, '');
	}

	return (
		<>
			<Button size="sm" onClick={() => setChoosing(true)}>
				{t('Choose a template')}
			</Button>
			<Button size="sm" icon={FilePenLine} onClick={() => void write()}>
				{t('Write with it')}
			</Button>
			{choosing ? <ChatTemplateDialog model={model} onClose={() => setChoosing(false)} /> : null}
		</>
	);
}
