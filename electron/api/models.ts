import type { Library } from '../library/library.ts';
import type { Implementer } from './implementer.ts';

export function modelHandlers(os: Implementer, library: Library) {
	const { models } = os;
	const { files, downloads } = library;
	return {
		list: models.list.handler(async () => {
			const known = await files.list();
			return { models: [...known], states: known.map(({ id }) => library.state(id)) };
		}),
		add: models.add.handler(({ input }) => files.add(input.path)),
		inspect: models.inspect.handler(({ input }) => files.inspect(input.path)),
		remove: models.remove.handler(async ({ input }) => ({
			freedBytes: await library.remove(input.id, input.deleteFile),
		})),
		setDefault: models.setDefault.handler(({ input }) => files.setDefault(input.id)),
		// Without the caller's signal: a page that reloads does not end a load that others may be waiting for.
		load: models.load.handler(({ input }) => library.load(input.id, input.contextSize)),
		unload: models.unload.handler(({ input }) => library.unload(input.id)),
		catalogue: models.catalogue.handler(() => ({
			entries: [...downloads.entries()],
			downloads: [...downloads.list()],
		})),
		pull: models.pull.handler(({ input }) => downloads.start(input.catalogueId)),
		cancelPull: models.cancelPull.handler(({ input }) => downloads.cancel(input.downloadId)),
	};
}
