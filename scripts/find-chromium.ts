import { accessSync, constants } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';

/** Names under which Chromium and its relatives are found on the PATH, the nearest first. */
const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** Where the systems that have no PATH entry for it keep it. */
const usualPlaces = [
	'/Applications/Chromium.app/Contents/MacOS/Chromium',
	'/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
	'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/** The browser that the end-to-end tests drive: what CHROMIUM names, else one on the PATH; null where there is none. */
export function findChromium(environment: NodeJS.ProcessEnv = process.env): string | null {
	const { CHROMIUM: chosen, PATH: path = '' } = environment;
	if (chosen !== undefined && chosen !== '') return isAbsolute(chosen) && isExecutable(chosen) ? chosen : null;
	const onPath = names.flatMap((name) =>
		path
			.split(delimiter)
			.filter((folder) => folder !== '')
			.map((folder) => join(folder, name)),
	);
	return [...onPath, ...usualPlaces].find(isExecutable) ?? null;
}

function isExecutable(path: string): boolean {
	try {
		accessSync(path, constants.X_OK);
		return true;
	} catch {
		return false;
	}
}
