import type { Implementer } from '../../../electron/api/implementer.ts';
import type { Update, UpdateStatus } from '../../../electron/contract/updates/schema.ts';
import type { FakeApplication } from './fake-application.ts';

export const offeredUpdate: Update = {
	version: '0.2.0',
	releasedAt: Date.UTC(2026, 11, 4, 9),
	notes:
		'- Compare three files of a model at once.\n- Chat answers begin twice as fast after a restart.\n- Runs no longer stop when the disk is nearly full.',
	bytes: 148_300_000,
	host: 'updates.example',
};

/** Goes through the steps as the application does, at once. */
export function updateHandlers(fake: FakeApplication, os: Implementer) {
	const canCancel = () => fake.data.update.state !== 'ready' || fake.data.update.canCancel;
	function become(status: UpdateStatus): UpdateStatus {
		fake.data.update = status;
		fake.emit({ type: 'update', status });
		return status;
	}
	return {
		status: os.updates.status.handler(() => fake.data.update),
		check: os.updates.check.handler(() => become({ state: 'available', update: offeredUpdate, postponed: false })),
		download: os.updates.download.handler(() =>
			become({
				state: 'downloading',
				update: offeredUpdate,
				receivedBytes: 62_100_000,
				bytesPerSecond: 8_400_000,
				secondsLeft: 10,
			}),
		),
		stop: os.updates.stop.handler(() => become({ state: 'available', update: offeredUpdate, postponed: false })),
		install: os.updates.install.handler(({ input: { when } }) =>
			become(
				when === 'now'
					? { state: 'installing', update: offeredUpdate }
					: { state: 'ready', update: offeredUpdate, onQuit: true, canCancel: canCancel() },
			),
		),
		postpone: os.updates.postpone.handler(() =>
			become(
				fake.data.update.state === 'ready'
					? { state: 'ready', update: offeredUpdate, onQuit: false, canCancel: canCancel() }
					: { state: 'available', update: offeredUpdate, postponed: true },
			),
		),
	};
}
