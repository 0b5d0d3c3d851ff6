import { seededRandom } from './seeded-random.ts';

/** Values that break counts, lengths and offsets: signs, overflows, off-by-one, absurd sizes. */
const awkward = [
	...[0n, 1n, 2n, 7n, 0x7fn, 0x80n, 0xffn, 0x100n, 0xffffn, 0x7fffffffn, 0x80000000n, 0xffffffffn],
	...[0x1_0000_0000n, 0x7fff_ffff_ffff_ffffn, 0x8000_0000_0000_0000n, 0xffff_ffff_ffff_ffffn, 2n ** 40n],
];

type Mutation = (bytes: Buffer, random: () => number, headerBytes: number) => Buffer;

const at = (random: () => number, length: number): number => Math.floor(random() * Math.max(1, length));
const pick = <T>(random: () => number, items: readonly T[]): T => items[at(random, items.length)] as T;

/** Overwrites 1, 2, 4 or 8 bytes of the header with an awkward value. */
const field: Mutation = (bytes, random, headerBytes) => {
	const size = pick(random, [1, 2, 4, 4, 8, 8, 8]);
	const where = at(random, Math.min(headerBytes, bytes.length) - size);
	const value = Buffer.alloc(8);
	value.writeBigUInt64LE(BigInt.asUintN(64, pick(random, awkward)));
	value.copy(bytes, where, 0, size);
	return bytes;
};

/** Changes one of the counts in the first 24 bytes: version, tensors, keys. */
const counts: Mutation = (bytes, random) => {
	const where = pick(random, [4, 8, 16]);
	if (where === 4) bytes.writeUInt32LE(Number(pick(random, awkward) & 0xffff_ffffn), 4);
	else bytes.writeBigUInt64LE(BigInt.asUintN(64, pick(random, awkward)), where);
	return bytes;
};

/** Changes the length before a name in the header, or the type after it. */
const beforeName: Mutation = (bytes, random, headerBytes) => {
	const names = [...bytes.toString('latin1', 0, headerBytes).matchAll(/[a-z_]+\.[a-z0-9_.]+/g)];
	// A file of another format has no key names.
	if (names.length === 0) return bits(bytes, random, headerBytes);
	const { index, 0: name } = pick(random, names);
	const value = BigInt.asUintN(64, pick(random, awkward));
	if (random() < 0.5 && index >= 8) bytes.writeBigUInt64LE(value, index - 8);
	else bytes.writeUInt32LE(Number(value & 0xffn), index + name.length);
	return bytes;
};

/** Flips one to eight bits anywhere in the header, or in the weights. */
const bits: Mutation = (bytes, random, headerBytes) => {
	const end = random() < 0.8 ? headerBytes : bytes.length;
	for (let count = 1 + at(random, 8); count > 0; count -= 1) {
		const where = at(random, end);
		bytes[where] = (bytes[where] ?? 0) ^ (1 << at(random, 8));
	}
	return bytes;
};

/** Bytes of a value by ggml's type number; 8 is a text and 9 a list. */
const valueBytes: Readonly<Record<number, number>> = {
	0: 1,
	1: 1,
	2: 2,
	3: 2,
	4: 4,
	5: 4,
	6: 4,
	7: 1,
	10: 8,
	11: 8,
	12: 8,
};

/** Numbers that are plausible for a count or a float of a header, but inconsistent with the rest. */
const wrong = [
	0,
	1,
	2,
	3,
	5,
	63,
	65,
	127,
	129,
	511,
	4095,
	65_537,
	1e6,
	1e9,
	-1,
	0.5,
	1e-30,
	1e30,
	Number.NaN,
	Infinity,
];

/** Changes the value of a key and leaves the header well-formed: the reader accepts it and the engine must cope. */
const value: Mutation = (bytes, random, headerBytes) => {
	const names = [...bytes.toString('latin1', 0, headerBytes).matchAll(/[a-z_]+\.[a-z0-9_.]+/g)];
	if (names.length === 0) return bits(bytes, random, headerBytes);
	const { index, 0: name } = pick(random, names);
	let where = index + name.length;
	if (where + 16 > bytes.length) return bytes;
	let type = bytes.readUInt32LE(where);
	where += 4;
	if (type === 9) {
		type = bytes.readUInt32LE(where);
		const length = Number(bytes.readBigUInt64LE(where + 4));
		where += 12 + at(random, Math.min(length, 512)) * (valueBytes[type] ?? 9);
	}
	const size = valueBytes[type];
	if (type === 8) {
		// Stays within a text and keeps its length, so that nothing behind it moves.
		const length = Math.min(Number(bytes.readBigUInt64LE(where)), 4_000);
		if (where + 8 + length <= bytes.length) bytes[where + 8 + at(random, length)] = at(random, 256);
	} else if (size !== undefined && where + size <= bytes.length) {
		const number = pick(random, wrong);
		if (type === 6) bytes.writeFloatLE(number, where);
		else if (type === 12) bytes.writeDoubleLE(number, where);
		else {
			const whole = BigInt(Number.isFinite(number) ? Math.trunc(Math.max(-1, Math.min(number, 2 ** 40))) : 7);
			const little = Buffer.alloc(8);
			little.writeBigUInt64LE(BigInt.asUintN(64, whole));
			little.copy(bytes, where, 0, size);
		}
	}
	return bytes;
};

/** Changes some weights, also to NaN and infinity. */
const weights: Mutation = (bytes, random, headerBytes) => {
	for (let count = 1 + at(random, 64); count > 0; count -= 1) {
		const where = headerBytes + at(random, bytes.length - headerBytes - 4);
		if (where + 4 <= bytes.length) bytes.writeFloatLE(pick(random, wrong), where);
	}
	return bytes;
};

const cut: Mutation = (bytes, random, headerBytes) =>
	bytes.subarray(0, at(random, random() < 0.5 ? headerBytes : bytes.length));

/** Inserts or removes bytes, so that everything behind them moves. */
const shift: Mutation = (bytes, random, headerBytes) => {
	const where = at(random, headerBytes);
	const count = 1 + at(random, 64);
	return random() < 0.5
		? Buffer.concat([bytes.subarray(0, where), Buffer.alloc(count, at(random, 256)), bytes.subarray(where)])
		: Buffer.concat([bytes.subarray(0, where), bytes.subarray(where + count)]);
};

/** Kind of mutation: any byte of the header, or values that leave the header well-formed. */
export type MutationKind = 'any' | 'values';

const anything: readonly Mutation[] = [field, field, field, counts, beforeName, beforeName, bits, bits, cut, shift];

/** Makes mutation `number` of a file; the same number gives the same bytes everywhere. */
export function mutated(whole: Uint8Array, headerBytes: number, number: number, kind: MutationKind = 'any'): Buffer {
	const random = seededRandom(number * 7919 + 17);
	let bytes: Buffer = Buffer.from(whole);
	for (let count = 1 + at(random, 3); count > 0; count -= 1) {
		// A cut may leave nothing for the next mutation to change.
		if (bytes.length < 64) break;
		bytes = pick(random, kind === 'any' ? anything : [value, value, value, weights])(
			bytes,
			random,
			Math.min(headerBytes, bytes.length),
		);
	}
	return bytes;
}

/** Outcomes of mutated files, counted by name. */
export class Tally {
	readonly counts = new Map<string, number>();
	/** Failures that did not explain themselves, by mutation number. */
	readonly unexplained: string[] = [];

	add(what: string): void {
		this.counts.set(what, (this.counts.get(what) ?? 0) + 1);
	}

	toString(): string {
		return [...this.counts]
			.sort((a, b) => b[1] - a[1])
			.map(([what, count]) => `${count} ${what}`)
			.join(', ');
	}
}
