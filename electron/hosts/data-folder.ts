import { homedir } from 'node:os';
import { posix, resolve, win32 } from 'node:path';

interface Surroundings {
	env: Readonly<Record<string, string | undefined>>;
	platform: NodeJS.Platform;
	home: string;
}

const here: Surroundings = { env: process.env, platform: process.platform, home: homedir() };

/**
 * Returns the folder where Electron puts the data of an app named Assay, so that every host finds it without Electron.
 */
export function usualDataFolder({ env, platform, home }: Surroundings = here): string {
	if (platform === 'win32') return win32.join(env.APPDATA || win32.join(home, 'AppData', 'Roaming'), 'Assay');
	if (platform === 'darwin') return posix.join(home, 'Library', 'Application Support', 'Assay');
	return posix.join(env.XDG_CONFIG_HOME || posix.join(home, '.config'), 'Assay');
}

/** Returns the absolute data folder: the requested one, else ASSAY_DATA, else the default. */
export function chooseDataFolder(asked: string | undefined, surroundings: Surroundings = here): string {
	const folder = asked || surroundings.env.ASSAY_DATA;
	return folder ? resolve(folder) : usualDataFolder(surroundings);
}
