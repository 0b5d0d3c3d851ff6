import type { Implementer } from '../../../electron/api/implementer.ts';
import type { ContinuationUpdate, Page } from '../../../electron/contract/writing/schema.ts';
import { titleFromMessage } from '../../../electron/conversation/title.ts';
import { defaultSampling } from '../../../models/contract/default-sampling.ts';
import { Failure } from '../../../models/contract/failure.ts';
import type { FakeApplication } from './fake-application.ts';

/** The fake pages; scenes change them. */
export interface FakeWriting {
	pages: Map<number, Page>;
	/** What the model writes; null: it stays in this phase and never ends. */
	answer: string | null;
	phase: Extract<ContinuationUpdate, { type: 'loading' | 'prompt' }> | null;
	/** Reason why a continuation fails. */
	failure: Failure | null;
	/** Whether tokens are counted exactly. */
	exact: boolean;
	live: Map<number, { readonly pageId: number; readonly at: number }>;
}

export function fakeWriting(): FakeWriting {
	return { pages: new Map(), answer: ' It was dark.', phase: null, failure: null, exact: true, live: new Map() };
}

/** Builds a page with sensible values. */
export function buildPage(id: number, changes: Partial<Page> = {}): Page {
	const { text = '' } = changes;
	const now = Date.now();
	return {
		id,
		title: titleFromMessage(text, 'Untitled page'),
		titleSource: 'automatic',
		text,
		characters: text.length,
		revision: 1,
		modelFileId: null,
		sampling: {},
		createdAt: now,
		updatedAt: now,
		deletedAt: null,
		goneAt: null,
		continuationId: null,
		...changes,
	};
}

/** Handlers of `writing`: a continuation writes the scripted text at once. */
export function writingHandlers(fake: FakeApplication, os: Implementer) {
	const { writing } = fake.data;
	const { pages } = writing;
	const find = (id: number): Page => {
		const page = pages.get(id);
		if (page === undefined)
			throw new Failure({ code: 'page-unknown', message: `There is no page ${id}.`, next: ['Choose another page'] });
		return page;
	};
	const change = (id: number, changes: Partial<Page>): Page => {
		const page = { ...find(id), ...changes };
		pages.set(id, page);
		fake.emit({ type: 'pages-changed', pageId: id });
		return page;
	};
	const titleOf = (page: Page, text: string): string =>
		page.titleSource === 'user' ? page.title : titleFromMessage(text, 'Untitled page');
	return {
		list: os.writing.list.handler(({ input }) => {
			const all = [...pages.values()].toSorted((a, b) => b.updatedAt - a.updatedAt || b.id - a.id);
			const shown = all.filter((page) => (page.deletedAt !== null) === input.trash);
			return {
				pages: shown.slice(0, input.limit),
				total: all.filter((page) => page.deletedAt === null).length,
				inTrash: all.filter((page) => page.deletedAt !== null).length,
			};
		}),
		get: os.writing.get.handler(({ input }) => find(input.id)),
		create: os.writing.create.handler(({ input }) => {
			const page = buildPage(fake.nextId(), { text: input.text, modelFileId: input.modelFileId ?? null });
			pages.set(page.id, page);
			fake.emit({ type: 'pages-changed', pageId: page.id });
			return page;
		}),
		save: os.writing.save.handler(({ input }) => {
			const page = find(input.id);
			if (input.revision !== null && input.revision !== page.revision)
				throw new Failure({
					code: 'page-changed',
					message: 'This page was changed in another window.',
					next: ['Show the other version', 'Keep this version'],
				});
			const { text } = input;
			if (text === page.text) return page;
			return change(input.id, {
				text,
				title: titleOf(page, text),
				characters: text.length,
				revision: page.revision + 1,
				updatedAt: Date.now(),
			});
		}),
		rename: os.writing.rename.handler(({ input }) =>
			input.title === ''
				? change(input.id, { titleSource: 'automatic', title: titleFromMessage(find(input.id).text, 'Untitled page') })
				: change(input.id, { titleSource: 'user', title: input.title }),
		),
		setOptions: os.writing.setOptions.handler(({ input: { id, ...choices } }) => change(id, choices)),
		remove: os.writing.remove.handler(({ input }) => change(input.id, { deletedAt: Date.now() })),
		restore: os.writing.restore.handler(({ input }) => change(input.id, { deletedAt: null })),
		emptyTrash: os.writing.emptyTrash.handler(({ input }) => {
			const gone = [...pages.values()].filter(
				({ id, deletedAt }) => deletedAt !== null && (input.ids?.includes(id) ?? true),
			);
			for (const { id } of gone) pages.delete(id);
			fake.emit({ type: 'pages-changed', pageId: null });
			return { pages: gone.length };
		}),
		continue: os.writing.continue.handler(({ input }) => {
			const continuationId = fake.nextId();
			writing.live.set(continuationId, { pageId: input.id, at: input.at });
			change(input.id, { continuationId });
			return { continuationId };
		}),
		continueText: os.writing.continueText.handler(() => ({ continuationId: 0 })),
		follow: os.writing.follow.handler(async function* ({ input, signal }): AsyncGenerator<ContinuationUpdate> {
			const live = writing.live.get(input.continuationId);
			if (live === undefined)
				throw new Failure({ code: 'continuation-unknown', message: 'It has ended.', next: ['Open the page again'] });
			const { at, pageId } = live;
			yield { type: 'snapshot', at, text: '' };
			if (writing.phase !== null) yield writing.phase;
			const text = writing.failure === null && writing.phase === null ? (writing.answer ?? '') : '';
			if (text !== '') yield { type: 'tokens', text, completionTokens: 4, tokensPerSecond: 42.5 };
			if (writing.answer === null || writing.phase !== null) {
				await new Promise((resolve) => signal?.addEventListener('abort', resolve));
				return;
			}
			const page = find(pageId);
			const { revision } = change(pageId, {
				text: page.text.slice(0, at) + text + page.text.slice(at),
				revision: page.revision + 1,
				continuationId: null,
			});
			yield {
				type: 'end',
				text,
				revision,
				result: {
					stopReason: writing.failure === null ? 'max-tokens' : null,
					stopString: null,
					promptTokens: 12,
					cachedTokens: 0,
					completionTokens: 4,
					leftOutTokens: 0,
					ttftMs: 120,
					tokensPerSecond: 42.5,
					modelName: 'gemma-3-270m',
					engineBuild: 'llama.cpp v0.4.0',
					contextSize: 8192,
					sampling: { ...defaultSampling, seed: 7 },
					failure: writing.failure?.facts() ?? null,
				},
			};
		}),
		stop: os.writing.stop.handler(({ input }) => {
			const live = writing.live.get(input.continuationId);
			if (live !== undefined) change(live.pageId, { continuationId: null });
			return { stopped: true };
		}),
		countTokens: os.writing.countTokens.handler(({ input }) => {
			const count = (text: string): number => Math.ceil(text.length / 4);
			const before = count(input.before);
			const contextSize = 8192;
			const room = 512;
			return {
				exact: writing.exact,
				contextSize,
				answerRoom: room,
				total: count(input.before + input.after),
				before,
				sent: Math.min(before, contextSize - room - 1),
			};
		}),
	};
}
