/** Highest fill level: beyond it, look-ups become ever slower. */
const fullest = 0.6;

const empty = -1;

/**
 * Maps whole numbers (below 2^53, such as hashes) to whole numbers (below 2^32) in 12 to 40 bytes each, where a Map
 * takes 100, and without V8's size limit of a Map.
 */
export class NumberMap {
	#keys: Float64Array;
	#values: Uint32Array;
	#size = 0;

	/** `expected`: estimated number of entries, to avoid resizing; the map grows if there are more. */
	constructor(expected = 600) {
		const slots = 2 ** Math.max(10, Math.ceil(Math.log2(expected / fullest)));
		this.#keys = new Float64Array(slots).fill(empty);
		this.#values = new Uint32Array(slots);
	}

	get size(): number {
		return this.#size;
	}

	get(key: number): number | undefined {
		const slot = this.#slotOf(key);
		return this.#keys[slot] === key ? this.#values[slot] : undefined;
	}

	set(key: number, value: number): void {
		let slot = this.#slotOf(key);
		if (this.#keys[slot] !== key) {
			if (this.#size >= this.#keys.length * fullest) {
				this.#grow();
				slot = this.#slotOf(key);
			}
			this.#keys[slot] = key;
			this.#size += 1;
		}
		this.#values[slot] = value;
	}

	/** Returns the slot of the key, or the free slot for it. */
	#slotOf(key: number): number {
		const mask = this.#keys.length - 1;
		const low = key >>> 0;
		const high = Math.floor(key / 2 ** 32);
		let slot = Math.imul(low ^ Math.imul(high, 0x85eb_ca6b), 0x9e37_79b1);
		slot = (slot ^ (slot >>> 15)) & mask;
		while (this.#keys[slot] !== empty && this.#keys[slot] !== key) slot = (slot + 1) & mask;
		return slot;
	}

	#grow(): void {
		const [keys, values] = [this.#keys, this.#values];
		this.#keys = new Float64Array(keys.length * 2).fill(empty);
		this.#values = new Uint32Array(values.length * 2);
		for (const [at, key] of keys.entries()) {
			if (key === empty) continue;
			const slot = this.#slotOf(key);
			this.#keys[slot] = key;
			this.#values[slot] = values[at] ?? 0;
		}
	}
}
