import type { WritingContext } from '../writing/context.ts';
import { continuePage, continueText } from '../writing/continue-page.ts';
import { countPageTokens } from '../writing/count-tokens.ts';
import type { PageTrash } from '../writing/page-trash.ts';
import {
	createPage,
	listPages,
	openPage,
	renamePage,
	restorePage,
	savePage,
	setPageOptions,
	trashPage,
} from '../writing/pages.ts';
import type { Implementer } from './implementer.ts';

export function writingHandlers(os: Implementer, context: WritingContext, trash: PageTrash) {
	const { writing } = os;
	return {
		list: writing.list.handler(({ input }) => listPages(context, input)),
		get: writing.get.handler(({ input }) => openPage(context, input.id)),
		create: writing.create.handler(({ input }) => createPage(context, input)),
		save: writing.save.handler(({ input }) => savePage(context, input)),
		rename: writing.rename.handler(({ input }) => renamePage(context, input.id, input.title)),
		setOptions: writing.setOptions.handler(({ input }) => setPageOptions(context, input)),
		remove: writing.remove.handler(({ input }) => trashPage(context, input.id)),
		restore: writing.restore.handler(({ input }) => restorePage(context, input.id)),
		emptyTrash: writing.emptyTrash.handler(async ({ input }) => ({ pages: await trash.empty(input.ids ?? null) })),
		continue: writing.continue.handler(({ input }) => ({ continuationId: continuePage(context, input) })),
		continueText: writing.continueText.handler(({ input }) => ({ continuationId: continueText(context, input) })),
		// A plain function that returns the stream, so that an unknown id fails the call and not the first read.
		follow: writing.follow.handler(({ input, signal }) => context.live.get(input.continuationId).follow(signal)),
		stop: writing.stop.handler(async ({ input }) => {
			const live = context.live.get(input.continuationId);
			const running = context.live.running().includes(live);
			live.stop();
			await live.ended;
			return { stopped: running };
		}),
		countTokens: writing.countTokens.handler(({ input }) => countPageTokens(context, input)),
	};
}
