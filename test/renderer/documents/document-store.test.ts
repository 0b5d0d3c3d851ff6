import { expect, test } from 'vitest';
import type { Connection } from '../../../renderer/connection/connection.ts';
import { chosenPath, createDocumentStore } from '../../../renderer/documents/document-store.ts';

test('a file chosen with its folder stands for the folder, and one chosen alone for itself', () => {
	expect(chosenPath('/home/ada/notes/2026/a.md', 'notes/2026/a.md')).toBe('/home/ada/notes');
	expect(chosenPath('C:\\Users\\Ada\\notes\\a.md', 'notes/a.md')).toBe('C:\\Users\\Ada\\notes');
	expect(chosenPath('/home/ada/a.md', 'a.md')).toBe('/home/ada/a.md');
});

test('a new search ends the one before it, and takes its failure off the screen', async () => {
	const searches: Array<{ signal: AbortSignal } & PromiseWithResolvers<unknown>> = [];
	const client = {
		collections: {
			list: async () => ({ collections: [{ id: 1 }], deleted: [] }),
			sources: async () => ({ sources: [] }),
		},
		documents: {
			list: async () => ({ documents: [], total: 0 }),
			search: (_: unknown, { signal }: { signal: AbortSignal }) => {
				const search = { signal, ...Promise.withResolvers<unknown>() };
				searches.push(search);
				return search.promise;
			},
		},
	};
	const store = createDocumentStore({ client } as unknown as Connection, () => {});
	store.state.setState({ collections: [{ id: 1 }] as never, query: 'tea' });
	const { getState } = store.state;
	store.searchBy({ rerankId: 7 });
	searches[0]?.reject(new Error('the model process ended'));
	await expect.poll(() => getState().searchFailure).not.toBeNull();
	store.searchBy({ rerankId: 8 });
	expect(getState()).toMatchObject({ searching: true, searchFailure: null });
	store.searchBy({ rerankId: null });
	expect(searches.map(({ signal }) => signal.aborted)).toEqual([true, true, false]);
	searches[1]?.reject(new Error('aborted'));
	const found = { passages: [] };
	searches[2]?.resolve(found);
	await expect.poll(() => getState().searching).toBe(false);
	expect(getState()).toMatchObject({ result: found, searchFailure: null });
});
