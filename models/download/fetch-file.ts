import { constants } from 'node:fs';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { Failure } from '../contract/failure.ts';
import { figure, type Said, said, size } from '../contract/said.ts';
import { errorCodeOf } from '../error-code.ts';
import { get, type HttpAnswer, type HttpOptions } from './http.ts';
import { NetworkProblem } from './network-gate.ts';

/**
 * Remembers which version of the file the bytes on disk belong to (an ETag, else a date), so that the rest of another
 * version is never appended.
 */
export interface VersionMemory {
	readonly get: () => string | null;
	readonly set: (version: string | null) => void;
}

export interface FetchFileOptions extends HttpOptions {
	/** Bytes on disk so far, including those of an earlier attempt, and the sending host. */
	readonly onBytes: (received: number, host: string) => void;
	readonly version?: VersionMemory;
}

export interface FetchedFile {
	/** Host that sent the last byte. */
	readonly host: string;
	/** Some bytes were there before; they may be the cause of a wrong hash. */
	readonly resumed: boolean;
}

/** An attempt that received this much does not count as another failure. */
const progressBytes = 1024 * 1024;

const statusWords: Readonly<Record<number, Said>> = {
	401: said`a login is required`,
	403: said`access was refused`,
	404: said`the file does not exist there`,
	410: said`the file no longer exists there`,
	429: said`it received too many requests`,
	451: said`the file is not available in this country`,
};

function retryAfterMs(header: string | undefined): number | null {
	if (header === undefined) return null;
	const seconds = Number(header);
	const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - Date.now();
	return Number.isFinite(ms) ? Math.max(0, ms) : null;
}

/**
 * Returns the whole body of a response with status 200. Rejects with NetworkProblem: its status, or `tooLarge` beyond
 * `maxBytes`.
 */
export async function wholeBody(answer: HttpAnswer, maxBytes: number, tooLarge: string): Promise<Buffer> {
	if (answer.status !== 200) {
		answer.discard();
		throw statusProblem(answer);
	}
	const chunks: Uint8Array[] = [];
	let bytes = 0;
	for await (const chunk of answer.body) {
		bytes += chunk.length;
		if (bytes > maxBytes) throw new NetworkProblem(tooLarge);
		chunks.push(chunk);
	}
	return Buffer.concat(chunks);
}

/** Explains a response without the wanted content. 429 and 5xx may be temporary. */
function statusProblem(answer: HttpAnswer): NetworkProblem {
	const { status } = answer;
	const reason = answer.headers['x-error-code'];
	const words = statusWords[status] ?? (status >= 500 ? said`the server has a problem` : said`the server sent no file`);
	const isTemporary = status === 429 || status >= 500;
	return new NetworkProblem(said`${words} (HTTP ${status})`, {
		isTemporary,
		status,
		reason: typeof reason === 'string' ? reason : null,
		retryAfterMs: retryAfterMs(answer.headers['retry-after']),
	});
}

/**
 * Returns the value for If-Range: a strong ETag, else the date of the last change. null: the server does not
 * distinguish versions.
 */
function versionOf({ headers }: HttpAnswer): string | null {
	if (headers.etag?.startsWith('"')) return headers.etag;
	return headers['last-modified'] ?? null;
}

export function writeFailure(error: unknown, path: string): unknown {
	const code = errorCodeOf(error);
	if (error instanceof Failure || error instanceof NetworkProblem || code === '') return error;
	const full = code === 'ENOSPC' || code === 'EDQUOT';
	return new Failure(
		{
			code: full ? 'disk-full' : 'download-not-writable',
			message: full ? said`The disk is full.` : said`The download can’t be written to ${path} (${code}).`,
			next: full
				? [
						said`Free some space`,
						said`Remove models that you no longer use`,
						said`Choose a data folder on another disk (--data)`,
					]
				: [said`Check the permissions of the data folder`, said`Choose another data folder (--data)`],
			detail: `${code} ${path}`,
		},
		{ cause: error },
	);
}

/** Returns where the body starts: 0 for a whole file, `have` for the rest. Throws if the response fits neither. */
function startOf(answer: HttpAnswer, have: number, expectedBytes: number): number {
	const length = Number(answer.headers['content-length'] ?? Number.NaN);
	const encoding = answer.headers['content-encoding'] ?? 'identity';
	if (encoding !== 'identity') {
		throw new NetworkProblem(said`the file was sent compressed (${encoding.slice(0, 20)}) without being requested so`);
	}
	if (answer.status === 200) {
		if (Number.isFinite(length) && length !== expectedBytes) {
			throw new NetworkProblem(
				said`the server offers a file of ${figure(length)} bytes instead of ${figure(expectedBytes)}`,
			);
		}
		return 0;
	}
	if (answer.status !== 206) throw statusProblem(answer);
	const [, start, total] = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(answer.headers['content-range'] ?? '') ?? [];
	if (Number(start) !== have || (total !== '*' && Number(total) !== expectedBytes)) {
		throw new NetworkProblem(said`the server sent a different part of the file than requested`);
	}
	return have;
}

async function attempt(
	url: URL,
	handle: FileHandle,
	expectedBytes: number,
	options: FetchFileOptions,
): Promise<string> {
	let have = (await handle.stat()).size;
	if (have > expectedBytes) {
		await handle.truncate(0);
		have = 0;
	}
	const known = options.version?.get() ?? null;
	const range: Record<string, string> = have === 0 ? {} : { range: `bytes=${have}-` };
	// If the server has another version by now, it sends the whole file.
	if (have > 0 && known !== null) range['if-range'] = known;
	let answer = await get(url, { ...options, headers: { ...options.headers, ...range } });
	const version = versionOf(answer);
	// Not every server respects If-Range.
	const changed = answer.status === 206 && known !== null && version !== null && version !== known;
	if (answer.status === 416 || changed) {
		answer.discard();
		await handle.truncate(0);
		have = 0;
		answer = await get(url, options);
	}
	let position = have;
	try {
		position = startOf(answer, have, expectedBytes);
	} catch (error) {
		answer.discard();
		throw error;
	}
	if (position === 0) {
		await handle.truncate(0);
		options.version?.set(versionOf(answer));
	}
	for await (const chunk of answer.body) {
		if (position + chunk.length > expectedBytes) {
			throw new NetworkProblem(said`the server sent more than the ${size(expectedBytes)} of the file`);
		}
		await handle.write(chunk, 0, chunk.length, position);
		position += chunk.length;
		options.onBytes(position, answer.host);
	}
	if (position < expectedBytes) {
		throw new NetworkProblem(said`the connection ended after ${figure(position)} of ${figure(expectedBytes)} bytes`, {
			isTemporary: true,
		});
	}
	return answer.host;
}

/**
 * Completes `path` to `expectedBytes` bytes from `url`, resuming from the bytes on disk if the server supports it.
 * Retries after temporary problems (a cut connection, a stall, 429, 5xx). Rejects with NetworkProblem, or with a
 * Failure if another source would not help (`disk-full`, `network-blocked`).
 */
export async function fetchFile(
	url: URL,
	path: string,
	expectedBytes: number,
	options: FetchFileOptions,
): Promise<FetchedFile> {
	// Opened for writing without truncating, so that an earlier attempt can be resumed.
	const handle = await open(path, constants.O_RDWR | constants.O_CREAT);
	try {
		const before = (await handle.stat()).size;
		const resumed = before > 0 && before <= expectedBytes;
		if (before === expectedBytes) return { host: url.host, resumed };
		let failed = 0;
		for (;;) {
			const start = (await handle.stat()).size;
			try {
				return { host: await attempt(url, handle, expectedBytes, options), resumed };
			} catch (error) {
				if (!(error instanceof NetworkProblem) || !error.isTemporary) throw error;
				failed = (await handle.stat()).size - start >= progressBytes ? 0 : failed + 1;
				const { retryMs, maxRetryAfterMs } = options.timing;
				if (failed > retryMs.length || (error.retryAfterMs ?? 0) > maxRetryAfterMs) throw error;
				const pause = error.retryAfterMs ?? retryMs[Math.max(0, failed - 1)];
				await wait(pause, undefined, { signal: options.signal }).catch(() => options.signal.throwIfAborted());
			}
		}
	} catch (error) {
		throw writeFailure(error, path);
	} finally {
		const { size } = await handle.stat();
		await handle.close();
		// Leaves no file if nothing was received.
		if (size === 0 && expectedBytes > 0) await rm(path, { force: true });
	}
}
