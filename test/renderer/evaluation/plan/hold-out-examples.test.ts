import { expect, test } from 'vitest';
import type { DatasetLook } from '../../../../electron/contract/evaluation/defaults.ts';
import { techniqueSchema } from '../../../../electron/contract/evaluation/technique.ts';
import { holdOutExamples } from '../../../../renderer/evaluation/plan/hold-out-examples.ts';
import type { Services } from '../../../../renderer/services.ts';

type Needed = Pick<Services, 'connection' | 'datasets' | 'toasts'>;
type Toast = Parameters<Needed['toasts']['show']>[0];

test('samples of a single split become examples, listeners are told, and Undo reverts it', async () => {
	const asked: unknown[] = [];
	const shown: Toast[] = [];
	const heard: string[] = [];
	const services = {
		connection: {
			client: {
				datasets: {
					samples: {
						randomSplit: async (input: unknown) => {
							asked.push(input);
							return { undoId: 'u1', splits: [{ split: 'examples', count: 4 }] };
						},
						undo: async (input: unknown) => void asked.push(input),
					},
				},
			},
		},
		datasets: { changed: async () => void heard.push('list') },
		toasts: { show: (toast: Toast) => void shown.push(toast), fail: () => undefined },
	} as unknown as Needed;
	const look = {
		dataset: { id: 7, name: 'Tickets', latest: { samples: 30 } },
		facets: { splits: [{ split: 'test', count: 30 }] },
	} as unknown as DatasetLook;
	const techniques = [techniqueSchema.parse({ kind: 'few-shot', shots: 3 })];
	await holdOutExamples(services, look, techniques, async () => void heard.push('form'));
	expect(asked).toEqual([
		{
			datasetId: 7,
			parts: [
				{ split: 'test', share: 0.8 },
				{ split: 'examples', share: 0.2 },
			],
		},
	]);
	expect(shown.map(({ text }) => text)).toEqual(['“Tickets” reserves 4 samples as examples']);
	shown[0]?.action?.run();
	await expect.poll(() => heard).toEqual(['list', 'form', 'list', 'form']);
	expect(asked[1]).toEqual({ undoId: 'u1' });
});
