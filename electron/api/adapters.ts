import type { Adapters } from '../library/adapters/adapters.ts';
import type { AdapterConversion } from '../library/adapters/convert-adapters.ts';
import type { Implementer } from './implementer.ts';

export interface AdapterServices {
	readonly adapters: Adapters;
	readonly conversion: AdapterConversion;
}

/** Calls on the LoRA adapters of the library. */
export function adapterHandlers({ adapters: calls }: Implementer, { adapters, conversion }: AdapterServices) {
	return {
		list: calls.list.handler(async () => ({ adapters: [...(await adapters.list())] })),
		import: calls.import.handler(({ input, signal }) => conversion.import(input, signal)),
		export: calls.export.handler(({ input, signal }) => conversion.export(input, signal)),
		// Ignores the caller's signal: reloading a page does not cancel the job.
		merge: calls.merge.handler(({ input }) => conversion.merge(input)),
		change: calls.change.handler(({ input }) => adapters.change(input)),
		remove: calls.remove.handler(async ({ input }) => ({ freedBytes: await adapters.remove(input.id) })),
		restore: calls.restore.handler(({ input }) => adapters.restore(input.id)),
	};
}
