import { Failure } from '../../contract/failure.ts';
import type { ByteReader } from './byte-reader.ts';
import { type GgufValue, limits, listType, readMagic, scalars, textType } from './header.ts';

/** Nothing can be read from here on. */
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
		// Its items may reach beyond what is here; how many there are is known before them.
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
 * The keys that stand within the bytes that there are: for the first bytes of a file that lies elsewhere. Of a list in
 * which the bytes end, the length is known. Throws the Failure of what is no GGUF.
 */
export async function readStart(reader: ByteReader): Promise<ReadonlyMap<string, GgufValue>> {
	const metadata = new Map<string, GgufValue>();
	await readMagic(reader);
	try {
		await reader.u64('the number of tensors');
		const keys = Math.min(await reader.u64('the number of keys'), limits.keys);
		for (let index = 0; index < keys; index += 1) {
			await readValue(reader, await reader.string('the name of a key', limits.keyBytes), metadata);
		}
	} catch (error) {
		// What comes after the bytes that there are, or is damaged, says nothing of what came before.
		if (!(error instanceof Failure) && !(error instanceof StartEnds)) throw error;
	}
	return metadata;
}
