import { join } from 'node:path';
import { catalogue as allCatalogued, type CatalogueModel } from '../../../models/library/catalogue.ts';
import { defaultTiming } from '../../../models/library/download/network.ts';
import type { Room } from '../../../models/library/fit/verdict.ts';
import { type CuratedModel, curatedModels } from '../../../models/library/hub/curated.ts';
import type { Fits } from '../fit/fits.ts';
import type { ModelFiles } from '../model-files.ts';
import type { LibrarySeam } from '../model-service.ts';
import { installedCatalogueIds } from '../store/model-files.ts';
import { createDownloads, type Downloads, type QueueOptions } from './downloads.ts';
import { createHub, type Hub } from './hub.ts';

/** What a test changes: other models, other sources, shorter times. */
export interface DownloadOptions extends QueueOptions {
	readonly catalogue?: readonly CatalogueModel[];
	readonly curated?: readonly CuratedModel[];
	/** Memory that models may have here. */
	readonly room?: () => Room;
}

export interface HubAndDownloads {
	readonly hub: Pick<Hub, 'entries' | 'hosts' | 'search' | 'repository'>;
	readonly downloads: Downloads;
}

/** What the hub has and what is on its way from there, put together. */
export function createHubAndDownloads(
	seam: LibrarySeam,
	files: ModelFiles,
	modelsFolder: string,
	fits: Pick<Fits, 'room' | 'processor'>,
	options: DownloadOptions = {},
): HubAndDownloads {
	const { catalogue = allCatalogued, curated = curatedModels, ...queue } = options;
	const hub = createHub({
		network: {
			isBlocked: seam.networkBlocked,
			report: (record) => seam.events.publish({ type: 'network-request', at: seam.clock(), ...record }),
		},
		hubUrl: seam.hubUrl,
		room: options.room ?? fits.room,
		processor: fits.processor,
		here({ sha256, path }) {
			const place = join(modelsFolder, ...path);
			const same = files.all().find((file) => (sha256 !== null && file.sha256 === sha256) || file.path === place);
			return same?.problem === null ? same.id : null;
		},
		fetched: () => installedCatalogueIds(seam.database),
		environment: options.environment ?? process.env,
		timing: options.timing ?? defaultTiming,
		catalogue,
		curated,
	});
	return { hub, downloads: createDownloads(seam, files, hub, { catalogue, curated }, modelsFolder, queue) };
}
