import { expect, test } from 'vitest';
import type { Connection } from '../../../renderer/connection/connection.ts';
import { createPreviewStore } from '../../../renderer/prompt/preview-store.ts';

const content = { system: '', template: '{{input}}', example: '' };

/** A dataset whose draft version holds this many samples, and how often a preview was asked for. */
function storeWith(count: { samples: number }) {
	const samples = {
		list: async ({ offset = 0 }: { offset?: number }) => ({
			rows: offset < count.samples ? [{ id: offset + 1 }] : [],
			total: count.samples,
		}),
		get: async ({ sampleId }: { sampleId: number }) => ({ id: sampleId, input: `sample ${sampleId}` }),
		facets: async () => ({ variables: [] }),
	};
	const asked: string[] = [];
	const prompts = {
		preview: async (input: { content: { template: string } }) => {
			asked.push(input.content.template);
			return { variables: [], missing: [], request: null, warnings: [] };
		},
	};
	const client = { datasets: { samples }, prompts };
	return { store: createPreviewStore({ client } as unknown as Connection), asked };
}

test('the count of samples follows the dataset, and the sample stays', async () => {
	const count = { samples: 1 };
	const { store } = storeWith(count);
	store.show(content);
	await store.choose({ id: 3, versionId: 7, samples: 1 });
	await expect.poll(() => store.state.getState().total).toBe(1);
	// Five samples are added to the draft, whose version keeps its number.
	count.samples = 6;
	await store.choose({ id: 3, versionId: 7, samples: 6 });
	await expect.poll(() => store.state.getState().total).toBe(6);
	await store.step(4);
	await expect.poll(() => store.state.getState().index).toBe(4);
	// A frozen version with fewer samples follows.
	count.samples = 3;
	await store.choose({ id: 3, versionId: 8, samples: 3 });
	await expect.poll(() => [store.state.getState().index, store.state.getState().total]).toEqual([2, 3]);
});

test('an empty prompt asks for no preview', async () => {
	const { store, asked } = storeWith({ samples: 2 });
	store.show({ ...content, template: ' ' });
	await store.choose({ id: 3, versionId: 7, samples: 2 });
	expect(store.state.getState()).toMatchObject({ preview: null, failure: null, total: 2 });
	expect(asked).toEqual([]);
	store.show(content);
	await expect.poll(() => asked).toEqual(['{{input}}']);
});
