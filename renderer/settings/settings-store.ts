import { createStore, type StoreApi } from 'zustand/vanilla';
import { defaultSettings } from '../../electron/contract/settings/defaults.ts';
import type { Settings } from '../../electron/contract/settings/schema.ts';
import type { Connection } from '../connection/connection.ts';
import { createDebounce } from '../connection/debounce.ts';
import { isConnectionLoss, toFailure } from '../connection/failure.ts';

export interface SettingsStore {
	readonly state: StoreApi<Settings>;
	refresh(): Promise<void>;
	/** Takes effect at once and is stored after a short pause; `onFailure` reports a failure to store. */
	change(part: Partial<Settings>): void;
	/** Whether the application has told them; before, they are the defaults. */
	isFetched(): boolean;
	/** Whether a change is yet to be stored. */
	isPending(): boolean;
	/** Stores changes without the pause; false: they are not stored. */
	store(): Promise<boolean>;
}

/** Pause after the last change, such as a slider drag, before it is stored; in ms. */
const storePauseMs = 250;

export function createSettingsStore(connection: Connection, onFailure: (message: string) => void): SettingsStore {
	const state = createStore<Settings>(() => defaultSettings);
	let pending: Partial<Settings> = {};
	let fetched = false;
	const pause = createDebounce();

	const isPending = (): boolean => Object.keys(pending).length > 0;

	function take(stored: Settings): void {
		fetched = true;
		state.setState({ ...stored, ...pending }, true);
	}

	async function store(): Promise<boolean> {
		pause.cancel();
		const part = pending;
		if (!isPending()) return true;
		pending = {};
		try {
			take(await connection.client.settings.set(part));
			return true;
		} catch (error) {
			if (isConnectionLoss(error)) {
				pending = { ...part, ...pending };
				return false;
			}
			onFailure(toFailure(error).message);
			await refresh();
			return false;
		}
	}

	async function refresh(): Promise<void> {
		if (isPending()) return void (await store());
		try {
			take(await connection.client.settings.get());
		} catch (error) {
			if (!isConnectionLoss(error)) onFailure(toFailure(error).message);
		}
	}

	return {
		state,
		refresh,
		isFetched: () => fetched,
		isPending,
		store,
		change(part) {
			pending = { ...pending, ...part };
			state.setState(part);
			pause.start(() => void store(), storePauseMs);
		},
	};
}
