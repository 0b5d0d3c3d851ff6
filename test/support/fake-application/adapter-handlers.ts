import type { Implementer } from '../../../electron/api/implementer.ts';
import type { Adapter } from '../../../electron/contract/adapters/schema.ts';
import { Failure } from '../../../models/contract/failure.ts';
import { buildJob } from '../fixtures/job.ts';
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
		import: adapters.import.handler(({ input }) => {
			const [first] = data.adapters;
			if (/wrong|\.bin$/.test(input.path) || first === undefined) {
				throw new Failure({
					code: 'adapter-unsuitable',
					message: `The LoRA adapter ${input.path.split('/').at(-1)} can’t be used here: it was trained with DoRA, which llama.cpp can’t apply.`,
					next: ['Choose an adapter made for this model'],
				});
			}
			const name =
				input.name ??
				input.path
					.split('/')
					.at(-1)
					?.replace(/\.gguf$/, '') ??
				'Adapter';
			const adapter = { ...first, id: Math.max(...data.adapters.map(({ id }) => id)) + 1, name };
			data.adapters = [adapter, ...data.adapters];
			changed();
			return adapter;
		}),
		export: adapters.export.handler(({ input }) => ({ path: input.path, bytes: find(input.id).sizeBytes })),
		merge: adapters.merge.handler(() => ({
			job: buildJob({
				kind: 'merge',
				title: 'SmolLM2 135M Instruct + JSON',
				unit: 'tensors',
				id: 'merge',
				done: 90,
				total: 272,
			}),
			path: '/home/ada/merged.gguf',
		})),
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
