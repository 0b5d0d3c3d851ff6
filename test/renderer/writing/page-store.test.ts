import { expect, test } from 'vitest';
import type { ContinuationUpdate, Page } from '../../../electron/contract/writing/schema.ts';
import { defaultSampling } from '../../../models/contract/default-sampling.ts';
import type { Connection } from '../../../renderer/connection/connection.ts';
import { createPageStore } from '../../../renderer/writing/page-store.ts';
import { buildPage } from '../../support/fake-application/writing-handlers.ts';

const conflict = { code: 'page-changed', message: 'Changed.', next: [] };

/** The application's side of one page; `answers` are what the model writes, in turn. */
function application(answers: readonly string[] = []) {
	let page: Page = buildPage(1, { text: 'Night fell.' });
	const left = [...answers];
	const sent: { at: number; text: string }[] = [];
	const writing = {
		list: async ({ trash = false }) => ({ pages: trash ? [] : [page], total: 1, inTrash: 0 }),
		get: async () => page,
		countTokens: async () => ({ exact: true, contextSize: 100, answerRoom: 10, total: 3, before: 3, sent: 3 }),
		async save({ text, revision }: { text: string; revision: number | null }) {
			if (revision !== null && revision !== page.revision) throw conflict;
			page = { ...page, text, revision: page.revision + 1, updatedAt: page.updatedAt + 1 };
			return page;
		},
		async continue({ at }: { at: number }) {
			sent.push({ at, text: page.text });
			return { continuationId: sent.length };
		},
		async follow() {
			const text = left.shift() ?? '';
			const { at = 0 } = sent.at(-1) ?? {};
			return (async function* (): AsyncGenerator<ContinuationUpdate> {
				yield { type: 'snapshot', at, text: '' };
				yield { type: 'tokens', text, completionTokens: 2, tokensPerSecond: 9 };
				page = { ...page, text: page.text.slice(0, at) + text + page.text.slice(at), revision: page.revision + 1 };
				yield { type: 'end', text, revision: page.revision, result };
			})();
		},
	};
	return {
		sent,
		connection: { client: { writing } } as unknown as Connection,
		stored: () => page.text,
		/** Another window changes the page. */
		change(text: string) {
			page = { ...page, text, revision: page.revision + 1, updatedAt: page.updatedAt + 10 };
		},
	};
}

const result = {
	stopReason: 'max-tokens' as const,
	stopString: null,
	promptTokens: 3,
	cachedTokens: 0,
	completionTokens: 2,
	leftOutTokens: 0,
	ttftMs: 1,
	tokensPerSecond: 9,
	modelName: 'tiny',
	engineBuild: 'scripted',
	contextSize: 100,
	sampling: { ...defaultSampling, seed: 1 },
	failure: null,
};

function storage(): Storage {
	const items = new Map<string, string>();
	return {
		getItem: (key: string) => items.get(key) ?? null,
		setItem: (key: string, value: string) => void items.set(key, value),
		removeItem: (key: string) => void items.delete(key),
	} as unknown as Storage;
}

async function opened(answers: readonly string[] = []) {
	const app = application(answers);
	const failures: string[] = [];
	const store = createPageStore(app.connection, storage(), (text) => failures.push(text));
	await store.refresh();
	await store.open(1);
	const typed = (text: string) => {
		const end = text.length;
		const { length } = store.state.getState().text;
		store.type(text, { start: end, end }, { start: length, end: length });
	};
	return { app, store, failures, typed, now: store.state.getState };
}

test('what was typed is stored before the model continues after it', async () => {
	const { app, store, typed, now } = await opened([' It was dark.']);
	typed('Night fell. Then');
	await store.continue();
	expect(app.sent).toEqual([{ at: 16, text: 'Night fell. Then' }]);
	expect(now()).toMatchObject({ text: 'Night fell. Then It was dark.', saving: 'saved', writing: null });
	expect(now().written).toMatchObject({ from: 16, to: 29 });
	store.undo();
	expect(now().text).toBe('Night fell. Then');
	store.redo();
	expect(now().text).toBe('Night fell. Then It was dark.');
});

test('another try replaces the first; taking it out leaves the text before', async () => {
	const { app, store, now } = await opened([' One.', ' Two.']);
	await store.continue();
	await store.tryAgain();
	expect(now().text).toBe('Night fell. Two.');
	expect(app.sent.map(({ text }) => text)).toEqual(['Night fell.', 'Night fell.']);
	store.takeOut();
	expect(now()).toMatchObject({ text: 'Night fell.', written: null });
});

test('a page changed in another window is adopted, unless something typed here would be lost', async () => {
	const { app, store, typed, now } = await opened();
	app.change('Day broke.');
	store.apply(1);
	await expect.poll(() => now().text).toBe('Day broke.');
	typed('Day broke. Mine');
	app.change('Day broke. Theirs');
	await store.continue();
	expect(now()).toMatchObject({ conflict: true, text: 'Day broke. Mine' });
	expect(app.sent).toEqual([]);
	await store.resolve('mine');
	expect(app.stored()).toBe('Day broke. Mine');
	expect(now()).toMatchObject({ conflict: false, saving: 'saved' });
});
