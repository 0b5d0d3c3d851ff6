/** Ordinary words, so that a token is a word or a part of one. */
const words =
	'the boat came in before noon with two crates of pears and a letter for the keeper who read it twice and said nothing until the tide had turned'.split(
		' ',
	);

/** A text of about so many words that begins like no other with another `number`: nothing of it is in memory yet. */
export function promptText(count: number, number: number): string {
	const start = `${number + 1}.`;
	return [start, ...Array.from({ length: count }, (_, index) => words[(index * 7 + number * 3) % words.length])].join(
		' ',
	);
}
