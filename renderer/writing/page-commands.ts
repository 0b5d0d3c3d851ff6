import { FileDown, FilePlus2, FileText, PenLine, RotateCcw, Square, Trash2 } from 'lucide-react';
import type { Command } from '../app/command.ts';
import { t } from '../messages/t.ts';
import type { Services } from '../services.ts';
import { openNewPage, savePageAsFile, trashPage } from './page-actions.ts';

/** Commands about pages: those of the page on the screen only while it is there. */
export function listPageCommands(services: Services): readonly Command[] {
	const { layout, pages } = services;
	const { page, writing, written, pages: all } = pages.state.getState();
	const shown = layout.state.getState().route.section === 'write' ? page : null;
	const commands: Command[] = [
		{
			id: 'new-page',
			label: t('New page: write with a model'),
			icon: FilePlus2,
			shortcut: 'new-page',
			run: () => void openNewPage(services),
		},
	];
	if (all.length > 0) {
		commands.push({
			id: 'pages',
			label: t('Go to Pages'),
			icon: FileText,
			run: () => layout.go({ section: 'write', pageId: null }),
		});
	}
	if (shown === null) return commands;
	if (writing !== null) {
		return [...commands, { id: 'stop-page', label: t('Stop writing'), icon: Square, run: () => void pages.stop() }];
	}
	commands.push({
		id: 'continue-page',
		label: t('Continue this page at the cursor'),
		icon: PenLine,
		run: () => void pages.continue(),
	});
	if (written !== null) {
		commands.push({
			id: 'answer-again',
			label: t('Rewrite the last text'),
			icon: RotateCcw,
			shortcut: 'answer-again',
			run: () => void pages.tryAgain(),
		});
	}
	commands.push(
		{ id: 'save-page', label: t('Save this page as a file'), icon: FileDown, run: () => void savePageAsFile(services) },
		{
			id: 'trash-page',
			label: t('Move this page to the trash'),
			icon: Trash2,
			run: () => void trashPage(services, shown),
		},
	);
	return commands;
}
