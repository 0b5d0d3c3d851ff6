import { packedHeaderBytes } from './packed-vector.ts';
import { vectorKernelBytes } from './vector-kernel-bytes.ts';

type Exports = {
	dots(rows: number, count: number, width: number, query: number, out: number): void;
};

/** A chunk and the cosine of its vector with a query. */
export interface Neighbour {
	readonly chunkId: number;
	readonly documentId: number;
	readonly cosine: number;
}

const pageBytes = 65_536;
/** A WebAssembly memory ends at 4 GiB. */
const mostPages = 65_536;
/** Rows whose products are computed at once. */
const block = 8_192;
/** Products of a query with a row of zeros to 127 stay below 2^31 up to 8,192 dimensions: 127 × 2,047 × 8,192. */
const queryRange = 2_047;
/** Numbers that the kernel takes at a time. */
const lane = 16;

const wasm = new WebAssembly.Module(Buffer.from(vectorKernelBytes, 'base64'));

/**
 * Packed vectors of one model, side by side in memory: 1,000,000 of 384 dimensions take 400 MB, and comparing a query
 * with all of them, exactly, takes some 60 ms on one core.
 */
export class VectorTable {
	readonly dimensions: number;
	readonly #width: number;
	readonly #memory: WebAssembly.Memory;
	readonly #exports: Exports;
	readonly #queryAt = block * 4;
	readonly #rowsAt: number;
	#capacity = 0;
	#count = 0;
	#scales = new Float32Array(0);
	#chunkIds = new Float64Array(0);
	#documentIds = new Float64Array(0);
	readonly #places = new Map<number, number>();

	constructor(dimensions: number) {
		this.dimensions = dimensions;
		this.#width = Math.ceil(dimensions / lane) * lane;
		this.#rowsAt = this.#queryAt + this.#width * 2;
		const pages = Math.ceil(this.#rowsAt / pageBytes);
		this.#memory = new WebAssembly.Memory({ initial: pages, maximum: mostPages });
		this.#exports = new WebAssembly.Instance(wasm, { assay: { memory: this.#memory } }).exports as unknown as Exports;
	}

	get count(): number {
		return this.#count;
	}

	has(chunkId: number): boolean {
		return this.#places.has(chunkId);
	}

	chunkIds(): IterableIterator<number> {
		return this.#places.keys();
	}

	/** Adds a packed vector, or replaces it. One of other dimensions is left out. */
	set(chunkId: number, documentId: number, packed: Uint8Array): void {
		if (packed.length !== this.dimensions + packedHeaderBytes) return;
		const known = this.#places.get(chunkId);
		const place = known ?? this.#count;
		if (known === undefined) {
			if (place === this.#capacity) this.#grow(Math.max(1_024, Math.ceil(place * 1.5)));
			this.#count += 1;
			this.#places.set(chunkId, place);
		}
		const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
		this.#scales[place] = view.getFloat32(0, true);
		this.#chunkIds[place] = chunkId;
		this.#documentIds[place] = documentId;
		const at = this.#rowsAt + place * this.#width;
		new Uint8Array(this.#memory.buffer).set(packed.subarray(packedHeaderBytes), at);
	}

	/** Makes room for so many vectors at once. */
	reserve(count: number): void {
		if (count > this.#capacity) this.#grow(count);
	}

	#grow(capacity: number): void {
		const bytes = this.#rowsAt + capacity * this.#width;
		const missing = Math.ceil((bytes - this.#memory.buffer.byteLength) / pageBytes);
		if (missing > 0) this.#memory.grow(missing);
		this.#capacity = capacity;
		const larger = <Numbers extends Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer>>(
			into: Numbers,
			from: Numbers,
		): Numbers => {
			into.set(from.subarray(0, this.#count));
			return into;
		};
		this.#scales = larger(new Float32Array(capacity), this.#scales);
		this.#chunkIds = larger(new Float64Array(capacity), this.#chunkIds);
		this.#documentIds = larger(new Float64Array(capacity), this.#documentIds);
	}

	/** Removes a vector: the last one takes its place. */
	delete(chunkId: number): void {
		const place = this.#places.get(chunkId);
		if (place === undefined) return;
		this.#places.delete(chunkId);
		const last = this.#count - 1;
		const bytes = new Uint8Array(this.#memory.buffer);
		const at = (index: number): number => this.#rowsAt + index * this.#width;
		if (place !== last) {
			bytes.copyWithin(at(place), at(last), at(last) + this.#width);
			for (const numbers of [this.#scales, this.#chunkIds, this.#documentIds]) numbers[place] = numbers[last] ?? 0;
			this.#places.set(this.#chunkIds[place] ?? 0, place);
		}
		// What was deleted does not stay in memory either.
		bytes.fill(0, at(last), at(last) + this.#width);
		this.#count = last;
	}

	/** Returns the `k` nearest vectors of the documents that `accepts` lets through, nearest first; equal ones by id. */
	nearest(query: Float32Array, k: number, accepts: ((documentId: number) => boolean) | null): Neighbour[] {
		if (query.length !== this.dimensions) return [];
		const queryScale = this.#placeQuery(query);
		const best = new BestNeighbours(k);
		const dots = new Int32Array(this.#memory.buffer, 0, block);
		for (let from = 0; from < this.#count; from += block) {
			const count = Math.min(block, this.#count - from);
			this.#exports.dots(this.#rowsAt + from * this.#width, count, this.#width, this.#queryAt, 0);
			for (let index = 0; index < count; index += 1) {
				const place = from + index;
				const cosine = (dots[index] ?? 0) * (this.#scales[place] ?? 0) * queryScale;
				if (cosine < best.least) continue;
				const documentId = this.#documentIds[place] ?? 0;
				if (accepts !== null && !accepts(documentId)) continue;
				best.add({ chunkId: this.#chunkIds[place] ?? 0, documentId, cosine });
			}
		}
		return best.sorted();
	}

	#placeQuery(query: Float32Array): number {
		const largest = query.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
		const scale = largest === 0 ? 0 : largest / queryRange;
		const numbers = new Int16Array(this.#memory.buffer, this.#queryAt, this.#width);
		numbers.fill(0);
		if (scale > 0) for (const [index, value] of query.entries()) numbers[index] = Math.round(value / scale);
		return scale;
	}
}

/** Keeps the best of many candidates: sorted again whenever twice as many as needed have come. */
class BestNeighbours {
	readonly #k: number;
	#found: Neighbour[] = [];
	/** A candidate below this is not among the best. */
	least = Number.NEGATIVE_INFINITY;

	constructor(k: number) {
		this.#k = k;
	}

	add(neighbour: Neighbour): void {
		this.#found.push(neighbour);
		if (this.#found.length >= this.#k * 2 + 64) this.#cut();
	}

	#cut(): void {
		this.#found.sort((a, b) => b.cosine - a.cosine || a.chunkId - b.chunkId);
		this.#found.length = Math.min(this.#found.length, this.#k);
		if (this.#found.length === this.#k) this.least = this.#found.at(-1)?.cosine ?? this.least;
	}

	sorted(): Neighbour[] {
		this.#cut();
		return this.#found;
	}
}
