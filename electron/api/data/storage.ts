import { type FreeContext, freeStorage } from '../../activity/storage/free.ts';
import { storageUsage } from '../../activity/storage/usage.ts';
import type { Implementer } from '../implementer.ts';
import type { ExclusiveAccess } from './exclusive.ts';
import type { RunningWork } from './running.ts';

export interface StorageCallContext extends Omit<FreeContext, 'downloading'> {
	readonly running: Pick<RunningWork, 'downloads'>;
	readonly exclusive: Pick<ExclusiveAccess, 'alone'>;
}

export function storageHandlers({ storage }: Implementer, context: StorageCallContext) {
	const downloading = context.running.downloads;
	return {
		usage: storage.usage.handler(() => storageUsage(context)),
		free: storage.free.handler(async ({ input }) => {
			const before = await storageUsage(context);
			const work = () => freeStorage({ ...context, downloading }, input.what);
			// The main thread would wait for the disk with every write.
			if (input.what === 'database') await context.exclusive.alone('The database is being compacted', work);
			else await work();
			const after = await storageUsage(context);
			return { freedBytes: Math.max(0, before.totalBytes - after.totalBytes), storage: after };
		}),
	};
}
