import type { LogClearer } from '../../activity/log/clear.ts';
import { getEntry, listEntries } from '../../activity/log/entries.ts';
import { exportEntries } from '../../activity/log/export.ts';
import { readUsage } from '../../activity/usage/usage.ts';
import type { Reader } from '../../database/reader/reader.ts';
import type { Implementer } from '../implementer.ts';

export interface ActivityContext {
	/** Everything is read on its thread: the log may be long. */
	readonly reader: Reader;
	readonly clearer: LogClearer;
	/** Milliseconds since 1970. */
	readonly clock: () => number;
}

export function activityHandlers(os: Implementer, { reader, clearer, clock }: ActivityContext) {
	const { activity } = os;
	return {
		list: activity.list.handler(({ input, signal }) => listEntries(reader, input, signal)),
		get: activity.get.handler(({ input }) => getEntry(reader, input.id)),
		usage: activity.usage.handler(({ input, signal }) => readUsage(reader, input, clock(), signal)),
		export: activity.export.handler(({ input, signal }) => exportEntries(reader, input, signal)),
		clear: activity.clear.handler(() => clearer.clear()),
		restore: activity.restore.handler(({ input }) => ({ restored: clearer.restore(input.upTo) })),
	};
}
