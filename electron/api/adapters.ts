import type { Adapters } from '../library/adapters/adapters.ts';
import type { Implementer } from './implementer.ts';

/** Calls on the LoRA adapters of the library. */
export function adapterHandlers({ adapters: calls }: Implementer, adapters: Adapters) {
	return {
		list: calls.list.handler(async () => ({ adapters: [...(await adapters.list())] })),
		change: calls.change.handler(({ input }) => adapters.change(input)),
		remove: calls.remove.handler(async ({ input }) => ({ freedBytes: await adapters.remove(input.id) })),
		restore: calls.restore.handler(({ input }) => adapters.restore(input.id)),
	};
}
