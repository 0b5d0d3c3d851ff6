import { join } from 'node:path';
import { said } from '../../models/contract/said.ts';
import { updatesOfCheckout } from '../hosts/program-check.ts';
import type { UpdateOptions } from '../updates/updates.ts';
import { createUpdateInstaller, installedAs } from './install-update.ts';
import type { ProgramPaths } from './program-files.ts';

/** Decides whether this window updates itself; if not, says where its updates come from. */
export function chooseUpdates(
	{ packed, updateSource }: Pick<ProgramPaths, 'packed' | 'updateSource'>,
	dataFolder: string,
	log: (line: string) => void,
	environment: NodeJS.ProcessEnv = process.env,
	platform: NodeJS.Platform = process.platform,
): UpdateOptions {
	if (packed === null) return { elsewhere: updatesOfCheckout };
	if (updateSource === null) {
		return {
			elsewhere: said`This build doesn’t check for updates. Get new versions where you got Assay.`,
		};
	}
	const kind = installedAs(environment, platform);
	if (kind === null) {
		return {
			elsewhere: said`This package doesn’t check for updates. Get new versions where you got it, or from your system’s package manager.`,
		};
	}
	const folder = join(dataFolder, 'updates');
	return {
		source: updateSource,
		installer: createUpdateInstaller(kind, { resources: packed.resources, folder, log }),
	};
}
