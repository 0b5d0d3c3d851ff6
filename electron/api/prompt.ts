import { previewPrompt } from '../prompt/preview.ts';
import {
	addPromptVersion,
	createPrompt,
	discardPrompt,
	emptyPromptTrash,
	type PromptTrashContext,
	promptHistory,
	removePrompt,
	renamePrompt,
	restorePrompt,
	setPromptDraft,
} from '../prompt/prompts.ts';
import { getPromptVersion, listPromptDrafts, listPrompts } from '../prompt/store.ts';
import type { Implementer } from './implementer.ts';

export function promptHandlers({ prompts: calls }: Implementer, context: PromptTrashContext) {
	const { database } = context;
	return {
		list: calls.list.handler(({ input }) => ({ prompts: listPrompts(database, input.deleted) })),
		get: calls.get.handler(({ input }) => promptHistory(context, input.id)),
		create: calls.create.handler(({ input }) => createPrompt(context, input)),
		rename: calls.rename.handler(({ input }) => renamePrompt(context, input.id, input.name, input.description)),
		addVersion: calls.addVersion.handler(({ input: { id, note, ...content } }) =>
			addPromptVersion(context, id, content, note),
		),
		drafts: calls.drafts.handler(() => ({ drafts: listPromptDrafts(database) })),
		setDraft: calls.setDraft.handler(({ input }) => ({ kept: setPromptDraft(context, input.id, input.draft) })),
		remove: calls.remove.handler(({ input }) => removePrompt(context, input.id)),
		restore: calls.restore.handler(({ input }) => restorePrompt(context, input.id)),
		discard: calls.discard.handler(({ input }) => ({ discarded: discardPrompt(context, input.id) })),
		empty: calls.empty.handler(({ input }) => emptyPromptTrash(context, input.ids)),
		diff: calls.diff.handler(async ({ input }) => {
			const { diffPrompts } = await import('../prompt/diff.ts');
			return diffPrompts(
				getPromptVersion(database, input.fromVersionId),
				getPromptVersion(database, input.toVersionId),
			);
		}),
		preview: calls.preview.handler(({ input }) => previewPrompt(input)),
	};
}
