import { accessSync, constants } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';

/**
 * Names of Chromium and its relatives on the PATH, in order of preference: without a window it takes a sixth less
 * processor time for the same pages.
 */
const names = ['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** Where macOS and Windows install it, off the PATH. */
const usualPlaces = [
	'/Applications/Chromium.app/Contents/MacOS/Chromium',
	'/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
	'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/**
 * Finds the browser for the end-to-end tests: the one that CHROMIUM names, otherwise one on the PATH or in a usual
 * place; null if there is none.
 */
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
