import type { Library } from '../../library/library.ts';
import type { Implementer } from '../implementer.ts';

/** What the hub has, and what is on its way from there. */
export function hubHandlers(os: Implementer, { hub, downloads }: Pick<Library, 'hub' | 'downloads'>) {
	return {
		hub: {
			catalogue: os.hub.catalogue.handler(() => ({ entries: [...hub.entries()], hosts: [...hub.hosts()] })),
			search: os.hub.search.handler(({ input, signal }) => hub.search(input, signal)),
			repository: os.hub.repository.handler(({ input, signal }) => hub.repository(input.repository, signal)),
		},
		downloads: {
			list: os.downloads.list.handler(() => ({ downloads: [...downloads.list()] })),
			// Without the caller's signal: a page that reloads does not end a download.
			start: os.downloads.start.handler(({ input }) => downloads.start(input)),
			pause: os.downloads.pause.handler(({ input }) => downloads.pause(input.downloadId)),
			resume: os.downloads.resume.handler(({ input }) => downloads.resume(input.downloadId)),
			cancel: os.downloads.cancel.handler(({ input }) => downloads.cancel(input.downloadId)),
		},
	};
}
