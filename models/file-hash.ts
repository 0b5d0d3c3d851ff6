import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { modelFileFailure } from './gguf/read-gguf.ts';

/** Bytes hashed before yielding to the event loop: 1 MiB takes about 1 ms with SHA instructions and 3 ms without. */
const chunkBytes = 1024 * 1024;

export interface HashOptions {
	readonly signal?: AbortSignal;
	/** Bytes hashed so far. */
	readonly onProgress?: (bytes: number) => void;
}

/**
 * Returns the SHA-256 of a file, hex. Streams, so that large files cost neither memory nor a blocked event loop.
 * Rejects with a Failure if the file can't be read, with the signal's reason after an abort.
 */
export function sha256OfFile(path: string, options: HashOptions = {}): Promise<string> {
	return sha256OfFiles([path], options);
}

/** The same with SHA-512. */
export function sha512OfFile(path: string, options: HashOptions = {}): Promise<string> {
	return hashOfFiles('sha512', [path], options);
}

/** Returns the SHA-256 of several files as if concatenated, such as the parts of a split model in order. */
export function sha256OfFiles(paths: readonly string[], options: HashOptions = {}): Promise<string> {
	return hashOfFiles('sha256', paths, options);
}

async function hashOfFiles(
	algorithm: 'sha256' | 'sha512',
	paths: readonly string[],
	options: HashOptions,
): Promise<string> {
	options.signal?.throwIfAborted();
	const hash = createHash(algorithm);
	let done = 0;
	for (const path of paths) {
		try {
			for await (const chunk of createReadStream(path, { highWaterMark: chunkBytes })) {
				options.signal?.throwIfAborted();
				hash.update(chunk as Buffer);
				done += (chunk as Buffer).length;
				options.onProgress?.(done);
			}
		} catch (error) {
			options.signal?.throwIfAborted();
			throw modelFileFailure(path, error);
		}
	}
	return hash.digest('hex');
}
