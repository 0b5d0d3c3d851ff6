import type { Implementer } from '../../../electron/api/implementer.ts';
import type { Adapter } from '../../../electron/contract/adapters/schema.ts';
import { Failure } from '../../../models/contract/failure.ts';
import type { FakeApplication } from './fake-application.ts';

/** The adapters of the fake's library. */
export function adapterHandlers(fake: FakeApplication, { adapters }: Implementer) {
	const { data } = fake;
	const removed = new Map<number, Adapter>();
	const changed = (): void => fake.emit({ type: 'adapters-changed' });
	function find(id: number): Adapter {
		const found = data.adapters.find((one) => one.id === id);
		if (found !== undefined) return found;
		throw new Failure({ code: 'adapter-unknown', message: 'There is no such adapter.', next: ['Choose another one'] });
	}
	return {
		list: adapters.list.handler(() => ({ adapters: data.adapters })),
		change: adapters.change.handler(({ input }) => {
			const { name = find(input.id).name, licenceNote = find(input.id).licenceNote } = input;
			const adapter = { ...find(input.id), name, licenceNote };
			data.adapters = data.adapters.map((one) => (one.id === input.id ? adapter : one));
			changed();
			return adapter;
		}),
		remove: adapters.remove.handler(({ input }) => {
			const adapter = find(input.id);
			removed.set(input.id, adapter);
			data.adapters = data.adapters.filter((one) => one.id !== input.id);
			changed();
			return { freedBytes: adapter.sizeBytes };
		}),
		restore: adapters.restore.handler(({ input }) => {
			const adapter = removed.get(input.id);
			if (adapter === undefined) return find(input.id);
			data.adapters = [adapter, ...data.adapters];
			changed();
			return adapter;
		}),
	};
}
