/** A set takes 16.7 million numbers at most, V8's limit. */
const mostKept = 16_000_000;

/** 48 bits of a hash stand for a text: so a million take 50 MB, whatever their length. */
export class Seen {
	readonly #numbers = new Set<number>();

	/** `hex`: the beginning of a hash. 'maybe': the set is full, or two texts share the 48 bits. */
	has(hex: string): 'no' | 'maybe' {
		return this.#numbers.has(numberOf(hex)) || this.#numbers.size >= mostKept ? 'maybe' : 'no';
	}

	/** false where it is there already. */
	add(hex: string): boolean {
		const number = numberOf(hex);
		if (this.#numbers.has(number)) return false;
		if (this.#numbers.size < mostKept) this.#numbers.add(number);
		return true;
	}
}

function numberOf(hex: string): number {
	return Number.parseInt(hex.slice(0, 12), 16);
}
