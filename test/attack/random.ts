import { seededRandom } from '../support/seeded-random.ts';

/** Draws that are the same for the same seed. */
export interface Random {
	/** From 0 up to 1. */
	next(): number;
	/** A whole number from 0 up to, not including, `end`. */
	below(end: number): number;
	pick<T>(items: readonly T[]): T;
	/** True in this share of draws. */
	chance(share: number): boolean;
}

export function randomOf(seed: number): Random {
	const next = seededRandom(seed);
	const below = (end: number): number => Math.floor(next() * end);
	return { next, below, pick: (items) => items[below(items.length)]!, chance: (share) => next() < share };
}

/** The seed of a whole attack: another one each day, printed by the test's name, or SEED to repeat one. */
export const soakSeed = Number(process.env.SEED ?? Math.floor(Date.now() / 86_400_000));

/** Texts that break programs: control characters, directions, paths, keys of prototypes, half characters, templates. */
export const hostileTexts: readonly string[] = [
	...['', ' ', '\0', '\n', '\r\n', '\u001B[2J\u001B[31m', '\u001B]0;title\u0007', '\u009B31m', '\u0007', '\b\b\b'],
	...[
		'\u202Egnp.exe',
		'\u2066a\u2069',
		'\u200B\u200D\uFEFF',
		'\u{E0041}\u{E007F}',
		'\uD800',
		'\uDFFF\uD800',
		'e\u0301'.repeat(50),
	],
	...[
		'../../../etc/passwd',
		'/dev/zero',
		'/proc/self/mem',
		'/',
		'.',
		'C:\\Windows',
		'\\\\server\\share',
		'file:///etc/passwd',
	],
	...['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'undefined', 'null', 'NaN'],
	...["'; DROP TABLE messages; --", '" OR 1=1', '%s%n', '{{input}}', '{{', '{% for %}', '<img src=x onerror=alert(1)>'],
	...['(a+)+$', '[', '*', '😀'.repeat(100), 'x'.repeat(100_000), '9'.repeat(400), '1e999', '-0', '0x10', '١٢٣'],
];

/** Numbers at the edges of what counts, ids, sizes and times may be. */
export const hostileNumbers: readonly number[] = [
	...[0, -0, 1, -1, 2, 7, 0.5, -1.5, 1e-300, 1e308, Infinity, -Infinity, Number.NaN],
	...[
		127,
		128,
		255,
		256,
		65_535,
		2 ** 31 - 1,
		2 ** 31,
		-(2 ** 31),
		2 ** 32,
		2 ** 53 - 1,
		2 ** 53,
		-(2 ** 53),
		8.64e15,
		8.65e15,
	],
];
