import { expect, test } from 'vitest';
import { createStore } from 'zustand/vanilla';
import type { ModelOptions } from '../../../electron/contract/library/schema.ts';
import { setDefaultModel } from '../../../renderer/comparison/use-set-default-model.ts';
import type { Services } from '../../../renderer/services.ts';
import { buildAdapter } from '../../support/fixtures/adapter.ts';
import { buildModelFile } from '../../support/fixtures/model.ts';

function servicesWith(defaultId: number) {
	const chosen: number[] = [];
	const stored: ModelOptions[] = [{ threads: 2 }];
	const shown: { text: string; action?: { label: string; run(): void } }[] = [];
	const failed: string[] = [];
	const models = [1, 2].map((id) => buildModelFile(id, { default: id === defaultId }));
	const services = {
		connection: { client: { models: { options: async () => ({ options: stored.at(-1) }) } } },
		models: {
			state: createStore(() => ({ models, adapters: [buildAdapter(7)] })),
			async setOptions(_: number, options: ModelOptions) {
				stored.push(options);
			},
			async setDefault(id: number) {
				if (id > 2) throw new Error('gone');
				chosen.push(id);
			},
		},
		toasts: { show: (toast: (typeof shown)[number]) => shown.push(toast), fail: (text: string) => failed.push(text) },
	} as unknown as Services;
	return { services, chosen, stored, shown, failed };
}

test('using a file for chat can be undone: the earlier model is the default again', async () => {
	const { services, chosen, shown } = servicesWith(1);
	await setDefaultModel(services, 2, 'Q4_K_M');
	expect(shown).toMatchObject([{ text: 'New conversations use Q4_K_M.', action: { label: 'Undo' } }]);
	shown[0]?.action?.run();
	await Promise.resolve();
	expect(chosen).toEqual([2, 1]);
});

test('without an earlier default there is nothing to undo, and a failure is shown', async () => {
	const { services, shown, failed } = servicesWith(0);
	await setDefaultModel(services, 2, 'Q4_K_M');
	expect(shown[0]).not.toHaveProperty('action');
	await setDefaultModel(services, 3, 'Q8_0');
	expect(failed).toEqual([expect.stringContaining('gone')]);
});

test('a file with an adapter is used with it; undone, the model is as it was', async () => {
	const { services, chosen, stored, shown, failed } = servicesWith(2);
	const { path } = buildAdapter(7);
	await setDefaultModel(services, 2, 'Q4_K_M + Tickets', [{ id: 7, scale: 0.5 }]);
	expect(stored.at(-1)).toEqual({ threads: 2, adapters: [{ path, scale: 0.5 }] });
	shown[0]?.action?.run();
	await Promise.resolve();
	expect(stored.at(-1)).toEqual({ threads: 2 });
	await setDefaultModel(services, 1, 'gone', [{ id: 8, scale: 1 }]);
	expect(failed).toHaveLength(1);
	expect(chosen).toEqual([2]);
});
