import { moveToTrash } from '../app/move-to-trash.ts';
import { runOrToast } from '../app/run-or-toast.ts';
import { saveText } from '../connection/save-file.ts';
import { t } from '../messages/t.ts';
import type { Services } from '../services.ts';

/** Starts a new page and shows it, with a text to begin with if there is one. */
export function openNewPage(
	services: Services,
	input: { readonly text?: string; readonly modelFileId?: number | null } = {},
): Promise<void> {
	return runOrToast(services, async () => {
		const { id } = await services.pages.create(input);
		services.layout.go({ section: 'write', pageId: id });
	});
}

/** Moves a page to the trash and offers to undo it. */
export function trashPage(services: Services, { id, title }: { readonly id: number; readonly title: string }) {
	const { layout, pages } = services;
	const shown = pages.state.getState().page?.id === id;
	return moveToTrash(
		services,
		title,
		async () => {
			await pages.remove(id);
			if (shown) layout.go({ section: 'write', pageId: null });
		},
		async () => {
			await pages.restore(id);
			layout.go({ section: 'write', pageId: id });
		},
	);
}

/** Saves the text of the page on the screen as a file. */
export function savePageAsFile(services: Services): Promise<void> {
	return runOrToast(services, async () => {
		const { page, text } = services.pages.state.getState();
		if (page === null) return;
		const name =
			page.title
				.replaceAll(/[^\p{L}\p{N} _-]+/gu, '')
				.trim()
				.slice(0, 60) || 'page';
		const path = await saveText(`${name}.txt`, [text]);
		if (path !== null)
			services.toasts.show({ text: path === '' ? t('{name}.txt saved', { name }) : t('Saved as {path}', { path }) });
	});
}
