import { templateFamilies } from '../../models/prompt/template-families.ts';
import type { Library } from '../library/library.ts';
import type { AcquireOptions } from '../library/model-service.ts';
import type { Quantizer } from '../library/quantize-model.ts';
import type { Implementer } from './implementer.ts';

export function modelHandlers(os: Implementer, library: Library) {
	const { models } = os;
	const { files, fits, scans } = library;
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
		rename: models.rename.handler(({ input }) => ({ models: [...files.rename(input.names)] })),
		setDefault: models.setDefault.handler(({ input }) => files.setDefault(input.id)),
		// Ignores the caller's signal: reloading a page does not cancel a load that others may be waiting for.
		load: models.load.handler(({ input }) => library.load(input.id, loadOptionsOf(input))),
		unload: models.unload.handler(({ input }) => library.unload(input.id)),
		fits: models.fits.handler(async ({ input }) => fits.all(await files.list(), input.contextSize)),
		fit: models.fit.handler(({ input }) => fits.one(library.modelFile(input.id), input.change)),
		fitFile: models.fitFile.handler(({ input }) => fits.file(input.path, input.change)),
		options: models.options.handler(({ input }) => ({ options: library.options(input.id) })),
		setOptions: models.setOptions.handler(({ input }) => library.setOptions(input.id, input.options)),
		chatTemplate: models.chatTemplate.handler(({ input }) => library.template(input.id)),
		templateFamilies: models.templateFamilies.handler(() => ({
			families: templateFamilies.map(({ stop, ...family }) => ({ ...family, stop: [...stop] })),
		})),
		setChatTemplate: models.setChatTemplate.handler(({ input }) => library.setTemplate(input.id, input.template)),
		previewChatTemplate: models.previewChatTemplate.handler(({ input }) =>
			library.previewTemplate(input.id, input.source, input.turns),
		),
		history: models.history.handler(({ input }) => ({ loads: [...library.history(input.id)] })),
		devices: models.devices.handler(() => library.devices()),
		places: models.places.handler(async () => ({ places: [...(await scans.places())] })),
		scan: models.scan.handler(({ input }) => scans.start(input.paths)),
		scanReport: models.scanReport.handler(({ input }) => ({ report: scans.report(input.jobId) })),
		removePlace: models.removePlace.handler(({ input }) => ({ path: scans.remove(input.id) })),
		restore: models.restore.handler(({ input }) => files.restore(input.id)),
	};
}

function loadOptionsOf({
	contextSize,
	safe,
}: {
	contextSize?: number | undefined;
	safe?: boolean | undefined;
}): AcquireOptions {
	return { ...(contextSize === undefined ? {} : { contextSize }), ...(safe === undefined ? {} : { safe }) };
}

/** Handlers for the hub and its downloads. */
export function hubHandlers(os: Implementer, { hub, downloads }: Pick<Library, 'hub' | 'downloads'>) {
	return {
		hub: {
			catalogue: os.hub.catalogue.handler(() => ({ entries: [...hub.entries()], hosts: [...hub.hosts()] })),
			search: os.hub.search.handler(({ input, signal }) => hub.search(input, signal)),
			repository: os.hub.repository.handler(({ input, signal }) => hub.repository(input.repository, signal)),
		},
		downloads: {
			list: os.downloads.list.handler(() => ({ downloads: [...downloads.list()] })),
			// Ignores the caller's signal: reloading a page does not cancel a download.
			start: os.downloads.start.handler(({ input }) => downloads.start(input)),
			pause: os.downloads.pause.handler(({ input }) => downloads.pause(input.downloadId)),
			resume: os.downloads.resume.handler(({ input }) => downloads.resume(input.downloadId)),
			cancel: os.downloads.cancel.handler(({ input }) => downloads.cancel(input.downloadId)),
		},
	};
}

/** Calls that quantise a model here. */
export function quantizeHandlers({ making }: Implementer, quantizer: Quantizer) {
	return {
		make: making.make.handler(({ input }) => quantizer.start(input)),
		sizes: making.sizes.handler(async ({ input }) => ({ sizes: [...(await quantizer.sizes(input.id))] })),
		madeOf: making.madeOf.handler(({ input }) => ({ made: quantizer.origin(input.id) })),
	};
}
