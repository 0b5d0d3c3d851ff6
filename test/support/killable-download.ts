import { libraryHandlers } from '../../electron/api/open-models.ts';
import { createApplication } from '../../electron/application/application.ts';
import { createLibrary } from '../../electron/library/library.ts';

/**
 * A process for kill tests: an application on the given data folder downloads a repository from the hub at the given
 * address and reports its progress on its channel, until it is killed or done.
 */
const [dataFolder, hubUrl, repository] = process.argv.slice(2);
if (dataFolder === undefined || hubUrl === undefined || repository === undefined || process.send === undefined) {
	throw new Error('fork it with a data folder, the address of a hub and a repository');
}
const runtime = {
	load: () => Promise.reject(new Error('no model is loaded here')),
	get: () => undefined,
	unload: async () => {},
	onEvent: () => () => {},
	close: async () => {},
};
const probeEngine = async () => ({ build: 'none', available: true, detail: '', gpus: [] });
const { client, events } = await createApplication({
	dataFolder,
	host: 'browser',
	version: '0.0.0',
	log: () => {},
	models(seam, os) {
		const library = createLibrary(seam, { runtime, engineBuild: 'none', probeEngine });
		return { library, handlers: libraryHandlers(os, library) };
	},
});
process.on('disconnect', () => process.exit());
events.subscribe((event) => {
	if (event.type === 'download') process.send?.({ download: event.download });
});
await client.settings.set({ hubUrl });
const { downloads } = await client.downloads.list();
process.send({ found: downloads });
if (downloads.length === 0) await client.downloads.start({ repository });
