import { Failure } from '../contract/failure.ts';
import { get } from '../download/http.ts';
import { NetworkProblem } from '../download/network-gate.ts';
import { ByteReader } from '../gguf/byte-reader.ts';
import { type GgufValue, limits, listType, readMagic, scalars, textType } from '../gguf/header.ts';
import type { GateOptions } from './gate-fetch.ts';
import type { HubAddress } from './hub-address.ts';

/**
 * Bytes requested. Converters write the keys that describe the network before the vocabulary, which takes megabytes; a
 * longer start would contain a licence text.
 */
const startBytes = 64 * 1024;

/** Returns the keys within the first bytes of a GGUF file. Throws a Failure if the bytes are not GGUF. */
export function keysIn(bytes: Buffer): Promise<ReadonlyMap<string, GgufValue>> {
	const source = {
		read: async (target: Buffer, offset: number, length: number, position: number) => ({
			bytesRead: bytes.copy(target, offset, position, position + length),
		}),
	};
	return readStart(new ByteReader('', source, bytes.length));
}

/**
 * Requests the first bytes of a file on the hub and returns the keys in them; null if that is impossible (the server
 * does not support ranges, the file is not public or not GGUF), and then only the size is known. Rejects with the
 * Failure `network-blocked` and with the signal's reason.
 */
export async function remoteHeader(
	url: URL,
	hub: HubAddress,
	options: GateOptions,
): Promise<ReadonlyMap<string, GgufValue> | null> {
	try {
		const answer = await get(url, {
			...options,
			...(hub.token === null ? {} : { authorization: `Bearer ${hub.token}` }),
			headers: { range: `bytes=0-${startBytes - 1}` },
			mayRedirectTo: (host) => hub.fileHosts.some((allowed) => host === allowed || host.endsWith(`.${allowed}`)),
		});
		if (answer.status !== 206 || answer.headers['content-encoding'] !== undefined) {
			answer.discard();
			return null;
		}
		const chunks: Uint8Array[] = [];
		let bytes = 0;
		for await (const chunk of answer.body) {
			chunks.push(chunk);
			bytes += chunk.length;
			// Leaving the loop ends the request, even if the server keeps sending more than requested.
			if (bytes >= startBytes) break;
		}
		return await keysIn(Buffer.concat(chunks).subarray(0, startBytes));
	} catch (error) {
		options.signal.throwIfAborted();
		if (error instanceof NetworkProblem) return null;
		if (error instanceof Failure && error.code !== 'network-blocked') return null;
		throw error;
	}
}

/** The available bytes end here. */
class StartEnds extends Error {}

async function readValue(reader: ByteReader, key: string, metadata: Map<string, GgufValue>): Promise<void> {
	const type = await reader.u32();
	const scalar = scalars[type];
	if (scalar !== undefined) {
		metadata.set(key, await reader.take(scalar.bytes, scalar.read));
		return;
	}
	if (type === textType) {
		metadata.set(key, await reader.string(`the text "${key}"`, limits.textBytes));
		return;
	}
	if (type !== listType) throw new StartEnds();
	const itemType = await reader.u32();
	const items = scalars[itemType];
	const length = await reader.u64(`the length of the list "${key}"`);
	if (length > limits.listLength) throw new StartEnds();
	if (items === undefined || length > limits.keptListLength) {
		// Its items may extend beyond the available bytes; their count comes first.
		metadata.set(key, { length, itemType, position: reader.position });
		if (items === undefined) await reader.skipStrings(length, limits.textBytes);
		else reader.skip(length * items.bytes);
		return;
	}
	const values = await reader.take(length * items.bytes, (chunk, index) =>
		Array.from({ length }, (_, item) => items.read(chunk, index + item * items.bytes)),
	);
	metadata.set(key, values);
}

/**
 * Returns the keys within the available bytes, which are the start of a remote file. For a list cut off by the end,
 * only the length is known. Throws a Failure if the bytes are not GGUF.
 */
async function readStart(reader: ByteReader): Promise<ReadonlyMap<string, GgufValue>> {
	const metadata = new Map<string, GgufValue>();
	await readMagic(reader);
	try {
		await reader.u64('the number of tensors');
		const keys = Math.min(await reader.u64('the number of keys'), limits.keys);
		for (let index = 0; index < keys; index += 1) {
			await readValue(reader, await reader.string('the name of a key', limits.keyBytes), metadata);
		}
	} catch (error) {
		// Missing or damaged bytes after a key do not affect the keys before them.
		if (!(error instanceof Failure) && !(error instanceof StartEnds)) throw error;
	}
	return metadata;
}
