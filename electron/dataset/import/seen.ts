import { NumberMap } from '../number-map.ts';

/** 48 bits of a hash stand for a text: so a million take 25 MB, whatever their length. */
export class SeenHashes {
	readonly #numbers = new NumberMap();

	/** `hex`: the beginning of a hash. 'maybe': two texts may share the 48 bits. */
	has(hex: string): 'no' | 'maybe' {
		return this.#numbers.get(numberOf(hex)) === undefined ? 'no' : 'maybe';
	}

	/** false where it is there already. */
	add(hex: string): boolean {
		const number = numberOf(hex);
		if (this.#numbers.get(number) !== undefined) return false;
		this.#numbers.set(number, 1);
		return true;
	}
}

function numberOf(hex: string): number {
	return Number.parseInt(hex.slice(0, 12), 16);
}
