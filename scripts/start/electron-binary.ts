import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../run-step.ts';
import { runChild } from './run-child.ts';

export interface ElectronPlaces {
	/** Electron's own package with its install step, `install.js`. */
	readonly package: string;
	/** Folder that stores the outcome, and the download while it runs. */
	readonly cache: string;
	/** The download is abandoned if no byte arrives for this long, ms. */
	readonly stallTimeoutMs: number;
}

export const electronPlaces: ElectronPlaces = {
	package: join(projectRoot, 'node_modules', 'electron'),
	cache: join(projectRoot, '.cache'),
	stallTimeoutMs: 15_000,
};

/** Enough for a binary of about 120 MB over a slow line, ms. */
const wholeTimeoutMs = 600_000;

export type ElectronBinary = { path: string } | { path: null; reason: string };

interface Outcome {
	version: string;
	reason: string;
	at: string;
}

/** Path of Electron's binary; null until its install step has run. Unlike `require`, never starts that step. */
function electronBinary(folder: string): string | null {
	try {
		const path = join(folder, 'dist', readFileSync(join(folder, 'path.txt'), 'utf8'));
		return statSync(path).isFile() ? path : null;
	} catch {
		return null;
	}
}

/**
 * Runs Electron's own install step if it never ran for this version, or if `again` is set. `progress` gets one line
 * about the bytes so far. Remembers a failure, so that the next start does not wait for it.
 */
export async function ensureElectron(
	places: ElectronPlaces,
	again: boolean,
	progress: (line: string) => void,
	signal: AbortSignal,
): Promise<ElectronBinary> {
	const outcomePath = join(places.cache, 'electron-install.json');
	const present = electronBinary(places.package);
	if (present !== null) return { path: present };
	const { version } = JSON.parse(readFileSync(join(places.package, 'package.json'), 'utf8')) as { version: string };
	const earlier = readOutcome(outcomePath);
	if (earlier?.version === version && !again) {
		return { path: null, reason: `Electron's binary could not be fetched on ${earlier.at} (${earlier.reason})` };
	}
	const reason = await install(places, version, progress, signal).catch((error: unknown) => String(error));
	signal.throwIfAborted();
	const path = electronBinary(places.package);
	if (path !== null) {
		rmSync(outcomePath, { force: true });
		return { path };
	}
	const cause = reason ?? 'its install step left no binary';
	const outcome: Outcome = { version, reason: cause, at: new Date().toISOString().slice(0, 10) };
	try {
		writeFileSync(outcomePath, `${JSON.stringify(outcome)}\n`);
	} catch {
		// A read-only checkout can't remember the failure either: the next start tries again.
	}
	return { path: null, reason: `Electron's binary could not be fetched (${cause})` };
}

function readOutcome(outcomePath: string): Outcome | null {
	try {
		return JSON.parse(readFileSync(outcomePath, 'utf8')) as Outcome;
	} catch {
		return null;
	}
}

/** Returns null if it succeeded, otherwise the reason. */
async function install(
	places: ElectronPlaces,
	version: string,
	progress: (line: string) => void,
	signal: AbortSignal,
): Promise<string | null> {
	// The download grows in the temporary folder that we name, so the folder's size is the progress.
	const temporary = join(places.cache, 'electron-download');
	rmSync(temporary, { recursive: true, force: true });
	mkdirSync(temporary, { recursive: true });
	const stop = new AbortController();
	const started = Date.now();
	let bytes = 0;
	let changedAt = started;
	let gaveUp: string | null = null;
	const timer = setInterval(() => {
		const now = Date.now();
		const size = folderBytes(temporary);
		if (size !== bytes) changedAt = now;
		bytes = size;
		progress(`fetching Electron ${version}: ${(bytes / 1e6).toFixed(1)} MB`);
		if (now - changedAt > places.stallTimeoutMs) gaveUp = `nothing arrived for ${places.stallTimeoutMs / 1000} s`;
		else if (now - started > wholeTimeoutMs) gaveUp = `not done after ${wholeTimeoutMs / 60_000} minutes`;
		if (gaveUp !== null) stop.abort();
	}, 500);
	let errors = '';
	const { problem } = await runChild(process.execPath, [join(places.package, 'install.js')], {
		stdio: ['ignore', 'ignore', 'pipe'],
		env: {
			...process.env,
			// Without it, Node's fetch ignores HTTPS_PROXY.
			NODE_USE_ENV_PROXY: '1',
			ELECTRON_GET_NO_PROGRESS: '1',
			TMPDIR: temporary,
			TEMP: temporary,
			TMP: temporary,
		},
		signal: AbortSignal.any([signal, stop.signal]),
		onStart: (child) =>
			child.stderr?.on('data', (chunk: Buffer) => {
				errors += chunk.toString();
			}),
	});
	clearInterval(timer);
	rmSync(temporary, { recursive: true, force: true });
	if (problem === null) return null;
	return gaveUp ?? (errors.trim().split('\n')[0] || problem);
}

function folderBytes(path: string): number {
	let sum = 0;
	for (const entry of readdirSync(path, { recursive: true, withFileTypes: true })) {
		if (!entry.isFile()) continue;
		try {
			sum += statSync(join(entry.parentPath, entry.name)).size;
		} catch {
			// The file moved into the cache between the listing and the stat.
		}
	}
	return sum;
}
