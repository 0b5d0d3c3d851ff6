/** The most common words of English, most common first. */
export const commonWords = (
	'the of and to a in is that it you for on with as are be this have from or by not but what all were when we there ' +
	'can an your which their said if will do each about how up out them then she many some so these would other into has ' +
	'more two like him see time could no make than first been its who now people my made over did down only way find use ' +
	'may water long little very after words called just where most know get through back much before go good new write our ' +
	'used me man too any day same right look think also around another came come work three word must because does part ' +
	'even place well such here take why help put different away again off went old number great tell men say small every ' +
	'found still between name should home big give air line set own under read last never us left end along while might ' +
	'next sound below saw something thought both few those always show large often together asked house world going want'
).split(' ');

const onsets =
	'b bl br c ch cl cr d dr f fl fr g gl gr h j k l m n p ph pl pr qu r s sc sh sk sl sm sn sp st str t th tr v w'.split(
		' ',
	);
const vowels = 'a e i o u ai ea ee io oa ou'.split(' ');
const codas = ['', '', '', 'n', 'r', 's', 't', 'l', 'm', 'ck', 'nd', 'ng', 'st', 'rt', 'x'];

/**
 * Makes a vocabulary of `size` words: `common` ones first, the rest built from syllables. Their prefixes overlap as those
 * of real words do.
 */
export function vocabulary(size: number, random: () => number, common: readonly string[] = commonWords): string[] {
	const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
	const known = new Set(common);
	while (known.size < size) {
		let word = '';
		const syllables = 1 + Math.floor(random() * 3.5);
		for (let at = 0; at < syllables; at += 1) word += pick(onsets) + pick(vowels) + pick(codas);
		known.add(word);
	}
	return [...known];
}

/**
 * Draws ranks with the frequencies of words in a language: the n-th in proportion to 1 / (n + 2.7) (Zipf and
 * Mandelbrot).
 */
export function zipf(size: number): (random: () => number) => number {
	const slots = 1 << 20;
	const table = new Uint32Array(slots);
	let total = 0;
	for (let rank = 0; rank < size; rank += 1) total += 1 / (rank + 2.7);
	let rank = 0;
	let sum = 1 / 2.7 / total;
	for (let slot = 0; slot < slots; slot += 1) {
		while (rank < size - 1 && slot / slots >= sum) {
			rank += 1;
			sum += 1 / (rank + 2.7) / total;
		}
		table[slot] = rank;
	}
	return (random) => table[Math.floor(random() * slots)] ?? 0;
}

/** Returns letters of a script without spaces, "most common" first: simply the first ones of its Unicode block. */
export function letters(first: number, count: number): string[] {
	return Array.from({ length: count }, (_, index) => String.fromCodePoint(first + index));
}
