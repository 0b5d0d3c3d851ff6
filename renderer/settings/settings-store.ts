import { createStore, type StoreApi } from 'zustand/vanilla';
import { defaultSettings } from '../../electron/contract/settings/defaults.ts';
import type { Settings } from '../../electron/contract/settings/schema.ts';
import { createAfterPause } from '../connection/after-pause.ts';
import type { Connection } from '../connection/connection.ts';
import { isConnectionLoss, toFailure } from '../connection/failure.ts';

export interface SettingsStore {
	readonly state: StoreApi<Settings>;
	refresh(): Promise<void>;
	/** Takes effect at once and is stored after a short pause; `onFailure` reports a failure to store. */
	change(part: Partial<Settings>): void;
}

/** Pause after the last change, such as a slider drag, before it is stored; in ms. */
const storePauseMs = 250;

export function createSettingsStore(connection: Connection, onFailure: (message: string) => void): SettingsStore {
	const state = createStore<Settings>(() => defaultSettings);
	let pending: Partial<Settings> = {};
	const pause = createAfterPause();

	async function store(): Promise<void> {
		pause.cancel();
		const part = pending;
		if (Object.keys(part).length === 0) return;
		pending = {};
		try {
			const stored = await connection.client.settings.set(part);
			state.setState({ ...stored, ...pending }, true);
		} catch (error) {
			if (isConnectionLoss(error)) {
				pending = { ...part, ...pending };
				return;
			}
			onFailure(toFailure(error).message);
			await refresh();
		}
	}

	async function refresh(): Promise<void> {
		if (Object.keys(pending).length > 0) return store();
		try {
			const stored = await connection.client.settings.get();
			state.setState({ ...stored, ...pending }, true);
		} catch (error) {
			if (!isConnectionLoss(error)) onFailure(toFailure(error).message);
		}
	}

	return {
		state,
		refresh,
		change(part) {
			pending = { ...pending, ...part };
			state.setState(part);
			pause.start(() => void store(), storePauseMs);
		},
	};
}
