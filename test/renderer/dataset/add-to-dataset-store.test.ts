import { expect, test } from 'vitest';
import type { Connection } from '../../../renderer/connection/connection.ts';
import { suggestDataset } from '../../../renderer/dataset/add-to-dataset-dialog.tsx';
import { createAddToDatasetStore } from '../../../renderer/dataset/add-to-dataset-store.ts';
import { fakeSettings } from '../../support/fake-settings.ts';

function addingWith(of: (messageIds: readonly number[]) => { messageId: number; datasetId: number }[]) {
	const asked: (readonly number[])[] = [];
	const fromConversations = {
		of: async ({ messageIds }: { messageIds: readonly number[] }) => {
			asked.push(messageIds);
			return { uses: of(messageIds).map((use) => ({ ...use, datasetName: 'Tickets', versionId: 1, sampleId: 5 })) };
		},
	};
	const adding = createAddToDatasetStore(
		{ client: { datasets: { fromConversations } } } as unknown as Connection,
		fakeSettings(),
	);
	return { adding, asked };
}

test('each answer is looked up once, and again when samples change', async () => {
	const used = new Set<number>();
	const { adding, asked } = addingWith((ids) =>
		ids.filter((id) => used.has(id)).map((messageId) => ({ messageId, datasetId: 3 })),
	);
	await adding.show([1, 2]);
	await adding.show([2, 3]);
	expect(asked).toEqual([[1, 2], [3]]);
	expect(adding.uses.getState().get(2)).toEqual([]);
	used.add(2);
	await adding.refresh();
	expect(adding.uses.getState().get(2)).toMatchObject([{ datasetId: 3, datasetName: 'Tickets', sampleId: 5 }]);
	used.delete(2);
	await adding.refresh();
	expect(adding.uses.getState().get(2)).toEqual([]);
});

test('the last dataset added to is offered next time', () => {
	const { adding } = addingWith(() => []);
	expect(adding.lastDataset()).toBeNull();
	adding.noteDataset(12);
	expect(adding.lastDataset()).toBe(12);
});

test('answers are offered a dataset made from conversations rather than an imported one', () => {
	const imported = { id: 3, name: 'ARC easy' };
	expect(suggestDataset([imported], null)).toBeNull();
	expect(suggestDataset([imported, { id: 4, name: 'From conversations' }], null)).toBe(4);
	expect(suggestDataset([imported], 3)).toBe(3);
});
