import { createStore, type StoreApi } from 'zustand/vanilla';
import type { UpdateStatus } from '../../electron/contract/updates/schema.ts';
import type { Connection } from '../connection/connection.ts';
import { isConnectionLoss, toFailure } from '../connection/failure.ts';

export interface UpdateStore {
	/** null until fetched. */
	readonly state: StoreApi<UpdateStatus | null>;
	refresh(): Promise<void>;
	/** Takes over an event's state. */
	apply(status: UpdateStatus): void;
	check(): Promise<void>;
	download(): Promise<void>;
	stop(): Promise<void>;
	install(when: 'on-quit' | 'now'): Promise<void>;
	postpone(): Promise<void>;
}

/** `onFound` is called once for each new version that Assay found by itself. */
export function createUpdateStore(
	connection: Connection,
	onFailure: (message: string) => void,
	onFound: (version: string) => void,
): UpdateStore {
	const state = createStore<UpdateStatus | null>(() => null);
	const announced = new Set<string>();
	let asked = false;

	function fail(error: unknown): void {
		if (!isConnectionLoss(error)) onFailure(toFailure(error).message);
	}

	async function call(work: () => Promise<UpdateStatus>): Promise<void> {
		asked = true;
		try {
			const status = await work();
			state.setState(status, true);
			// The event of the same step may come later than the answer.
			if (status.state === 'available') announced.add(status.update.version);
		} catch (error) {
			fail(error);
		} finally {
			asked = false;
		}
	}

	function apply(status: UpdateStatus): void {
		state.setState(status, true);
		if (status.state !== 'available' || status.postponed) return;
		const { version } = status.update;
		// Somebody who has just asked sees the answer.
		if (!asked && !announced.has(version)) onFound(version);
		announced.add(version);
	}

	const { updates } = connection.client;
	return {
		state,
		async refresh() {
			await updates.status().then(apply, fail);
		},
		apply,
		check: () => call(() => updates.check()),
		download: () => call(() => updates.download()),
		stop: () => call(() => updates.stop()),
		install: (when) => call(() => updates.install({ when })),
		postpone: () => call(() => updates.postpone()),
	};
}
