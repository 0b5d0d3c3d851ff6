import type { Manifest } from '../contract/evaluation/manifest.ts';
import { type RunConfig, runConfigSchema } from '../contract/evaluation/run-config.ts';

/**
 * Reads the config that a run was stored with. Fields that did not exist yet get the value that the run was measured
 * with, which is not always today's default.
 */
export function storedConfig(config: string, { independent }: Pick<Manifest, 'independent'>): RunConfig {
	return runConfigSchema.parse({ independent: independent ?? false, ...JSON.parse(config) });
}
