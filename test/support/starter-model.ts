import { homedir } from 'node:os';
import { join } from 'node:path';
import { catalogue, starterModelId } from '../../models/download/catalogue.ts';
import { downloadModel } from '../../models/download/download-model.ts';
import type { DownloadProgress } from '../../models/download/progress.ts';

/** Where tests keep models between runs; never the repository or a data folder of the application. */
export const modelCacheFolder = process.env.ASSAY_MODEL_CACHE ?? join(homedir(), '.cache', 'assay', 'models');

let found: Promise<string> | null = null;

/**
 * Returns the path of the starter model in the cache, with its hash verified. Fetches it if it is missing, which `npm
 * test` does before the first test; rejects with Failure `download-failed` if no source answers.
 */
export function starterModelPath(onProgress: (progress: DownloadProgress) => void = () => {}): Promise<string> {
	const model = catalogue.find(({ id }) => id === starterModelId);
	if (model === undefined) throw new Error(`the catalogue lacks ${starterModelId}`);
	const network = { isBlocked: () => false, report: () => {} };
	found ??= downloadModel(model, { folder: modelCacheFolder, network, onProgress }).then(({ path }) => path);
	return found;
}
