import type { Implementer } from '../../../electron/api/implementer.ts';
import type { Download } from '../../../electron/contract/library/hub.ts';
import { Failure } from '../../../models/contract/failure.ts';
import { buildDownload } from '../fixtures/download.ts';
import type { FakeApplication } from './fake-application.ts';

/** Handlers of `hub` and `downloads`: a download stands still until a scene moves it. */
export function hubHandlers(fake: FakeApplication, os: Implementer) {
	const { data } = fake;
	function move(downloadId: string, state: Download['state']): Download {
		const found = data.downloads.find(({ id }) => id === downloadId);
		if (found === undefined) throw new Error(`no download ${downloadId}`);
		const moved: Download = { ...found, state, failure: null, retryAt: null, bytesPerSecond: null, secondsLeft: null };
		data.downloads = data.downloads.map((one) => (one.id === downloadId ? moved : one));
		fake.emit({ type: 'download', download: moved });
		return moved;
	}
	return {
		hub: {
			catalogue: os.hub.catalogue.handler(() => ({
				entries: data.catalogue,
				hosts: ['huggingface.co', '*.huggingface.co', '*.hf.co'],
			})),
			search: os.hub.search.handler(({ input }) => {
				if (data.hub.failure !== null) throw new Failure(data.hub.failure);
				const words = input.text.toLowerCase().split(/\s+/);
				const found = data.hub.models.filter(({ repository }) =>
					words.every((word) => repository.toLowerCase().includes(word)),
				);
				return { models: found.slice(0, input.limit), more: found.length > input.limit };
			}),
			repository: os.hub.repository.handler(({ input }) => {
				const found = data.hub.repositories.find(({ repository }) => repository === input.repository);
				if (found !== undefined) return found;
				throw new Failure({
					code: 'hub-not-found',
					message: `There is no public repository ${input.repository} at huggingface.co (HTTP 404).`,
					next: ['Check the name, including capitals'],
				});
			}),
		},
		downloads: {
			list: os.downloads.list.handler(() => ({ downloads: data.downloads })),
			start: os.downloads.start.handler(({ input }) => {
				const entry = data.catalogue.find(({ id }) => 'catalogueId' in input && id === input.catalogueId);
				const download = buildDownload({
					id: `download-${fake.nextId()}`,
					state: 'queued',
					...('repository' in input
						? { catalogueId: null, repository: input.repository, path: input.file ?? null, totalBytes: 0 }
						: { catalogueId: input.catalogueId }),
					...(entry === undefined ? {} : { name: entry.name, totalBytes: entry.sizeBytes }),
				});
				data.downloads.push(download);
				fake.emit({ type: 'download', download });
				return download;
			}),
			pause: os.downloads.pause.handler(({ input }) => move(input.downloadId, 'paused')),
			resume: os.downloads.resume.handler(({ input }) => move(input.downloadId, 'queued')),
			cancel: os.downloads.cancel.handler(({ input }) => move(input.downloadId, 'cancelled')),
		},
	};
}
