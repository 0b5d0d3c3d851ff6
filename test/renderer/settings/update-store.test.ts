import { expect, test } from 'vitest';
import type { UpdateStatus } from '../../../electron/contract/updates/schema.ts';
import type { Connection } from '../../../renderer/connection/connection.ts';
import { createUpdateStore, type UpdateStore } from '../../../renderer/settings/update-store.ts';
import { offeredUpdate } from '../../support/fake-application/update-handlers.ts';

const available = (version = '0.2.0', postponed = false): UpdateStatus => ({
	state: 'available',
	update: { ...offeredUpdate, version },
	postponed,
});

function store(
	check: (store: UpdateStore) => Promise<UpdateStatus> = async () => available(),
	status: UpdateStatus = { state: 'idle', checkedAt: null },
) {
	const found: string[] = [];
	const failures: string[] = [];
	const updates = {
		check: () => check(made),
		status: async () => status,
	};
	const connection = { client: { updates } } as unknown as Connection;
	const made = createUpdateStore(
		connection,
		(message) => failures.push(message),
		(version) => found.push(version),
	);
	return { store: made, found, failures };
}

test('a version that Assay found by itself is announced once', () => {
	const { store: updates, found } = store();
	for (const status of [available(), { state: 'checking' } as const, available(), available('0.3.0')])
		updates.apply(status);
	expect(found).toEqual(['0.2.0', '0.3.0']);
});

test('a version that Assay found before the page connected is announced once', async () => {
	const { store: updates, found } = store(undefined, available());
	await updates.refresh();
	updates.apply(available());
	await updates.refresh();
	expect([found, updates.state.getState()]).toEqual([['0.2.0'], available()]);
});

test('a version that the user put off, or has just asked for, is not', async () => {
	const { store: updates, found } = store(async (made) => {
		made.apply(available());
		return available();
	});
	updates.apply(available('0.2.0', true));
	await updates.check();
	updates.apply(available());
	expect([found, updates.state.getState()]).toEqual([[], available()]);
});

test('a refused call is told, and the state stays', async () => {
	const { store: updates, failures } = store(() => Promise.reject(new Error('There is nothing to check.')));
	await updates.refresh();
	await updates.check();
	expect(failures).toHaveLength(1);
	expect(updates.state.getState()).toEqual({ state: 'idle', checkedAt: null });
});
