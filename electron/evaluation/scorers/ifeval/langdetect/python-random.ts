/**
 * Python's `random.Random(seed)` for a small seed: the Mersenne Twister MT19937 (Matsumoto and Nishimura 1998), seeded by
 * `init_by_array([seed])`, with Python's way of drawing from it.
 */
export interface PythonRandom {
	/** `choice` of a list of this length, as an index. */
	index(length: number): number;
	/** `gauss(0.0, 1.0)`. */
	gauss(): number;
}

const size = 624;
const middle = 397;

export function createPythonRandom(seed: number): PythonRandom {
	const state = seededState(seed);
	let next = size;
	let secondGauss: number | null = null;

	/** 32 random bits. */
	function bits32(): number {
		if (next === size) {
			twist(state);
			next = 0;
		}
		let y = state[next]!;
		next += 1;
		y ^= y >>> 11;
		y ^= (y << 7) & 0x9d2c5680;
		y ^= (y << 15) & 0xefc60000;
		return (y ^ (y >>> 18)) >>> 0;
	}
	/** From 0 up to 1, with 53 bits. */
	function random(): number {
		const high = bits32() >>> 5;
		const low = bits32() >>> 6;
		return (high * 67_108_864 + low) / 9_007_199_254_740_992;
	}

	return {
		index(length) {
			const unused = Math.clz32(length);
			let drawn = bits32() >>> unused;
			while (drawn >= length) drawn = bits32() >>> unused;
			return drawn;
		},
		gauss() {
			if (secondGauss !== null) {
				const kept = secondGauss;
				secondGauss = null;
				return kept;
			}
			const angle = random() * 2 * Math.PI;
			const radius = Math.sqrt(-2 * Math.log(1 - random()));
			secondGauss = Math.sin(angle) * radius;
			return Math.cos(angle) * radius;
		},
	};
}

function seededState(seed: number): Uint32Array {
	const state = new Uint32Array(size);
	state[0] = 19_650_218;
	for (let i = 1; i < size; i += 1) state[i] = Math.imul(1_812_433_253, mixed(state, i)) + i;
	let i = 1;
	for (let k = 0; k < size; k += 1) {
		state[i] = (state[i]! ^ Math.imul(mixed(state, i), 1_664_525)) + seed;
		i = following(state, i);
	}
	for (let k = 0; k < size - 1; k += 1) {
		state[i] = (state[i]! ^ Math.imul(mixed(state, i), 1_566_083_941)) - i;
		i = following(state, i);
	}
	state[0] = 0x80000000;
	return state;
}

function mixed(state: Uint32Array, index: number): number {
	const before = state[index - 1]!;
	return before ^ (before >>> 30);
}

function following(state: Uint32Array, index: number): number {
	if (index + 1 < size) return index + 1;
	state[0] = state[size - 1]!;
	return 1;
}

function twist(state: Uint32Array): void {
	for (let i = 0; i < size; i += 1) {
		const y = (state[i]! & 0x80000000) | (state[(i + 1) % size]! & 0x7fffffff);
		state[i] = state[(i + middle) % size]! ^ (y >>> 1) ^ ((y & 1) === 0 ? 0 : 0x9908b0df);
	}
}
