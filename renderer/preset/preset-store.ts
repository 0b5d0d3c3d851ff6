import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Preset } from '../../electron/contract/conversation/schema.ts';
import type { Connection } from '../connection/connection.ts';
import { isConnectionLoss } from '../connection/failure.ts';

/** The part of a preset that the user enters. */
export type PresetContent = Pick<Preset, 'name' | 'systemPrompt' | 'sampling' | 'contextSize' | 'prompt' | 'adapters'>;

export interface PresetStore {
	/** Sorted by name. */
	readonly state: StoreApi<readonly Preset[]>;
	refresh(): Promise<void>;
	/** Rejects if the name is taken. */
	create(content: PresetContent): Promise<Preset>;
	update(id: number, content: PresetContent): Promise<void>;
	/** Returns the number of conversations that used it; they keep its values. */
	remove(id: number): Promise<number>;
}

export function createPresetStore({ client }: Connection): PresetStore {
	const state = createStore<readonly Preset[]>(() => []);
	async function refresh(): Promise<void> {
		try {
			const { presets } = await client.presets.list();
			state.setState(presets, true);
		} catch (error) {
			if (!isConnectionLoss(error)) throw error;
		}
	}
	return {
		state,
		refresh,
		async create(content) {
			const preset = await client.presets.create(content);
			await refresh();
			return preset;
		},
		async update(id, content) {
			await client.presets.update({ ...content, id });
			await refresh();
		},
		async remove(id) {
			const { conversations } = await client.presets.remove({ id });
			await refresh();
			return conversations;
		},
	};
}
