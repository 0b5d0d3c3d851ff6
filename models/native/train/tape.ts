import type { Pointer } from '../libllama/structs.ts';
import { type Ggml, types } from './ggml.ts';
import type { AttentionTile } from './packing.ts';
import { pieceRows, transposedType, unpackedType, unpacksFaster, type Weight } from './weights.ts';

/** Sizes of the four dimensions, the innermost first, as in ggml. */
export type Shape = readonly [number, number, number, number];

/** A node of the graph that may get a gradient. */
export class Value {
	readonly node: Pointer;
	readonly ne: Shape;
	/** Whether it depends on a trained value. */
	readonly tracked: boolean;
	gradient: Pointer | null = null;
	readonly #again: (() => Pointer) | null;
	#recalled: Pointer | null = null;

	/** `again`: computes the node once more where that costs little, so that its memory is free in between. */
	constructor(node: Pointer, ne: Shape, tracked: boolean, again: (() => Pointer) | null = null) {
		this.node = node;
		this.ne = ne;
		this.tracked = tracked;
		this.#again = again;
	}

	/** The same values for the way back. */
	recalled(): Pointer {
		this.#recalled ??= this.#again?.() ?? this.node;
		return this.#recalled;
	}
}

/** A tile of the attention with its mask, [keys, count]. */
export type MaskedTile = AttentionTile & { readonly mask: Pointer };

/**
 * Multiplications of one node, at most: about 40 ms on one core, because computing can pause only between nodes. A larger
 * product is computed a few columns at a time.
 */
export const longestWork = 1.4e9;

/** Columns that are worth reading a whole weight for. */
const leastColumns = 8;

/** Parts of a range that differ by one at most: a single column would go through another kernel than several. */
export function evenParts(length: number, parts: number): { readonly start: number; readonly count: number }[] {
	const ends = Array.from({ length: Math.max(1, parts) }, (_, at) =>
		Math.floor(((at + 1) * length) / Math.max(1, parts)),
	);
	return ends.map((end, at) => ({ start: ends[at - 1] ?? 0, count: end - (ends[at - 1] ?? 0) }));
}

/** Added before a division by the same number: x / x is not a number for 0. */
const nearlyNothing = 1e-30;

/** A and B of one weight, with the factor of their product. */
export type LoraPair = {
	/** [inputs, rank] and [rank, outputs]. */
	readonly a: Pointer;
	readonly b: Pointer;
	readonly scale: number;
	/** Add to these. */
	readonly gradientA: Pointer;
	readonly gradientB: Pointer;
};

/** Rotary position embedding of one layer. */
export type Rope = {
	readonly positions: Pointer;
	readonly factors: Pointer | null;
	readonly dimensions: number;
	/** 0: neighbouring values form a pair; 2: the two halves do (NeoX). */
	readonly mode: number;
	readonly originalContext: number;
	readonly base: number;
	readonly scale: number;
	readonly attention: number;
};

/**
 * Builds the graph of a forward pass and of its gradients: each operation makes its node, and notes how to make the
 * nodes of its operands' gradients from that of its result. Not ggml_build_backward_expand: that dequantises each weight
 * row once per token and lacks operations that models need. Gradients are nodes like any others, computed in the order in
 * which they are made, so that the allocator can reuse memory early.
 */
export class Tape {
	readonly ggml: Ggml;
	readonly context: Pointer;
	readonly #graph: Pointer;
	/** Compute with the values of quantised weights in F32. */
	readonly #exact: boolean;
	readonly #fastBf16: boolean;
	/** Multiplications of the nodes that have most of them. */
	readonly work = new Map<Pointer, number>();
	#closures: (() => void)[] = [];
	#recording = true;

	constructor(ggml: Ggml, context: Pointer, graph: Pointer, exact: boolean, fastBf16: boolean) {
		this.ggml = ggml;
		this.context = context;
		this.#graph = graph;
		this.#exact = exact;
		this.#fastBf16 = fastBf16;
	}

	/** Puts a node and what it needs next into the order of computing. */
	expand(node: Pointer): void {
		this.ggml.ggml_build_forward_expand(this.#graph, node);
	}

	/** Adds to the gradient of a value. */
	give(value: Value, gradient: Pointer): void {
		if (!value.tracked) return;
		value.gradient = value.gradient === null ? gradient : this.ggml.ggml_add(this.context, value.gradient, gradient);
	}

	#result(
		node: Pointer,
		ne: Shape,
		operands: readonly Value[],
		back: (gradient: Pointer) => void,
		again: (() => Pointer) | null = null,
	): Value {
		const tracked = operands.some((operand) => operand.tracked);
		const value = new Value(node, ne, tracked, again);
		this.record(value, back);
		return value;
	}

	/** Notes how the gradient of `value` flows on. */
	record(value: Value, back: (gradient: Pointer) => void): void {
		if (!this.#recording || !value.tracked) return;
		this.#closures.push(() => {
			if (value.gradient !== null) back(value.gradient);
		});
	}

	/** Makes the nodes of all gradients, the last operation first. */
	backward(): void {
		for (const closure of this.#closures.splice(0).reverse()) closure();
	}

	/**
	 * Runs `build` without keeping the values between its input and its result: they are computed once more when the
	 * gradient arrives (activation checkpointing).
	 */
	recomputed(x: Value, build: (x: Value) => Value): Value {
		if (!this.#recording) return build(x);
		this.#recording = false;
		const built = build(x);
		this.#recording = true;
		const result = new Value(built.node, built.ne, built.tracked);
		this.record(result, (gradient) => {
			const outer = this.#closures;
			this.#closures = [];
			const input = new Value(x.node, x.ne, x.tracked);
			const again = build(input);
			this.give(again, gradient);
			this.backward();
			this.#closures = outer;
			if (input.gradient !== null) this.give(x, input.gradient);
		});
		return result;
	}

	#transposed(node: Pointer): Pointer {
		return this.ggml.ggml_cont(this.context, this.ggml.ggml_transpose(this.context, node));
	}

	/** Puts tensors one after another along a dimension, two by two, so that each is copied few times. */
	joined(nodes: readonly Pointer[], dimension: number): Pointer {
		const [first, second, ...rest] = nodes;
		if (first === undefined) throw new RangeError('nothing to join');
		if (second === undefined) return first;
		if (rest.length === 0) return this.ggml.ggml_concat(this.context, first, second, dimension);
		const half = nodes.length >> 1;
		return this.joined(
			[this.joined(nodes.slice(0, half), dimension), this.joined(nodes.slice(half), dimension)],
			dimension,
		);
	}

	/** aᵀ·x with a of [inputs, outputs] and x of [inputs, columns]. */
	#product(a: Pointer, inputs: number, outputs: number, x: Pointer, columns: number): Pointer {
		const { ggml: g, context: c } = this;
		const parts = Math.min(Math.ceil((inputs * outputs * columns) / longestWork), Math.ceil(columns / leastColumns));
		const products: Pointer[] = [];
		for (const { start, count } of evenParts(columns, parts)) {
			const some = parts > 1 ? g.ggml_view_2d(c, x, inputs, count, inputs * 4, start * inputs * 4) : x;
			const product = g.ggml_mul_mat(c, a, some);
			this.work.set(product, inputs * outputs * count);
			products.push(product);
		}
		return this.joined(products, 1);
	}

	/** The outer product of the rows of a and b, summed over their second dimension. */
	#outer(a: Pointer, b: Pointer, work: number): Pointer {
		const node = this.ggml.ggml_out_prod(this.context, a, b);
		this.work.set(node, work);
		return node;
	}

	/** The values of a weight in F32. */
	#plain(weight: Weight): Pointer {
		return weight.type === types.f32 ? weight.node : this.ggml.ggml_cast(this.context, weight.node, types.f32);
	}

	#transposedWeight(weight: Weight): Pointer {
		const { ggml: g, context: c } = this;
		const view = g.ggml_transpose(c, this.#plain(weight));
		const type = transposedType(weight, this.#exact);
		return type === types.f32 ? g.ggml_cont(c, view) : g.ggml_cast(c, view, type);
	}

	/** Returns a transpose in the type that is multiplied: BF16 takes half the memory, but some processors are slow with it. */
	#multiplicable(transposed: Pointer, weight: Weight): Pointer {
		const isSlow = transposedType(weight, this.#exact) === types.bf16 && !this.#fastBf16;
		return isSlow ? this.ggml.ggml_cast(this.context, transposed, types.f32) : transposed;
	}

	/** Parts of a weight with many outputs: unpacked as a whole, they take more memory than the rest of a pass. */
	*#pieces(weight: Weight): Generator<{ piece: Weight; start: number; count: number }> {
		const { ggml: g, context: c } = this;
		const [inputs, outputs] = weight.ne;
		const rowBytes = g.ggml_nbytes(weight.node) / outputs;
		const valueBytes = transposedType(weight, this.#exact) === types.f32 ? 4 : 2;
		for (let start = 0; start < outputs; start += pieceRows) {
			const count = Math.min(pieceRows, outputs - start);
			const node = g.ggml_view_2d(c, weight.node, inputs, count, rowBytes, start * rowBytes);
			const transposed =
				weight.transposed === null
					? null
					: g.ggml_view_2d(c, weight.transposed, count, inputs, outputs * valueBytes, start * valueBytes);
			yield { piece: { ...weight, node, transposed, ne: [inputs, count] }, start, count };
		}
	}

	/**
	 * Multiplies a weight with an input, without a gradient: in `exact` mode in F32; otherwise as the engine does, or unpacked
	 * where that is faster than the kernels of the weight's type.
	 */
	multiply(weight: Weight, x: Pointer, columns: number): Pointer {
		const { ggml: g, context: c } = this;
		const [inputs, outputs] = weight.ne;
		if (this.#exact && weight.type !== types.f32 && outputs > pieceRows) {
			const parts = [...this.#pieces(weight)].map(({ piece }) => this.multiply(piece, x, columns));
			return this.joined(parts, 0);
		}
		if (this.#exact) return this.#product(this.#plain(weight), inputs, outputs, x, columns);
		const type = unpackedType(weight);
		const unpacked = (type !== types.bf16 || this.#fastBf16) && unpacksFaster(weight) && outputs <= pieceRows;
		const node = unpacked ? g.ggml_cast(c, this.#plain(weight), type) : weight.node;
		return this.#product(node, inputs, outputs, x, columns);
	}

	/**
	 * Returns Wᵀ · gradient, [outputs, columns]. A quantised weight is unpacked for a moment unless its transpose is kept;
	 * that gives the same bits, so that a run may continue with other memory.
	 */
	multiplyTransposed(weight: Weight, gradient: Pointer, columns: number): Pointer {
		const { ggml: g, context: c } = this;
		const [inputs, outputs] = weight.ne;
		const product = (part: Weight, y: Pointer, count: number): Pointer =>
			this.#product(
				this.#multiplicable(part.transposed ?? this.#transposedWeight(part), part),
				count,
				inputs,
				y,
				columns,
			);
		if (outputs <= pieceRows) return product(weight, gradient, outputs);
		const products: Pointer[] = [];
		for (const { piece, start, count } of this.#pieces(weight)) {
			const part = g.ggml_view_2d(c, gradient, count, columns, outputs * 4, start * 4);
			products.push(product(piece, g.ggml_cont(c, part), count));
		}
		return products.reduce((sum, each) => g.ggml_add(c, sum, each));
	}

	/**
	 * W·x + bias + scale · B·(A·(mask ∘ x)). The weight and its bias are not trained.
	 *
	 * @param mask Dropout: 0, or 1 / (1 − p).
	 */
	linear(x: Value, weight: Weight, bias: Weight | null, lora: LoraPair | null, mask: Pointer | null): Value {
		const { ggml: g, context: c } = this;
		const columns = x.ne[1];
		let node = this.multiply(weight, x.node, columns);
		const ne: Shape = [weight.ne[1], columns, 1, 1];
		if (lora === null) {
			if (bias !== null) node = g.ggml_add(c, node, bias.node);
			return this.#result(node, ne, [x], (gradient) =>
				this.give(x, this.multiplyTransposed(weight, gradient, columns)),
			);
		}
		const masked = (input: Pointer): Pointer => (mask === null ? input : g.ggml_mul(c, input, mask));
		const inner = g.ggml_scale(c, g.ggml_mul_mat(c, lora.a, masked(x.node)), lora.scale);
		// With few rows, out_prod is several times faster than mul_mat: its inner loop runs along the outputs.
		node = g.ggml_add(c, node, g.ggml_out_prod(c, this.#transposed(lora.b), g.ggml_transpose(c, inner)));
		if (bias !== null) node = g.ggml_add(c, node, bias.node);
		const value = new Value(node, ne, true);
		this.record(value, (gradient) => {
			const gradientB = this.#transposed(g.ggml_out_prod(c, gradient, inner));
			this.expand(g.ggml_add_inplace(c, lora.gradientB, gradientB));
			const innerGradient = g.ggml_scale(c, g.ggml_mul_mat(c, this.#transposed(lora.b), gradient), lora.scale);
			const gradientA = g.ggml_out_prod(c, masked(x.recalled()), innerGradient);
			this.expand(g.ggml_add_inplace(c, lora.gradientA, gradientA));
			if (!x.tracked) return;
			this.give(x, masked(g.ggml_out_prod(c, lora.a, g.ggml_transpose(c, innerGradient))));
			this.give(x, this.multiplyTransposed(weight, gradient, columns));
		});
		return value;
	}

	add(x: Value, y: Value): Value {
		return this.#result(this.ggml.ggml_add(this.context, x.node, y.node), x.ne, [x, y], (gradient) => {
			this.give(x, gradient);
			this.give(y, gradient);
		});
	}

	scale(x: Value, factor: number): Value {
		if (factor === 1) return x;
		return this.#result(this.ggml.ggml_scale(this.context, x.node, factor), x.ne, [x], (gradient) =>
			this.give(x, this.ggml.ggml_scale(this.context, gradient, factor)),
		);
	}

	rmsNorm(x: Value, weight: Weight, epsilon: number): Value {
		const { ggml: g, context: c } = this;
		const build = (): Pointer => g.ggml_mul(c, g.ggml_rms_norm(c, x.node, epsilon), weight.node);
		const back = (gradient: Pointer): void =>
			this.give(x, g.ggml_rms_norm_back(c, g.ggml_mul(c, gradient, weight.node), x.node, epsilon));
		return this.#result(build(), x.ne, [x], back, build);
	}

	reshape(x: Value, ne: Shape): Value {
		return this.#result(this.ggml.ggml_reshape_4d(this.context, x.node, ...ne), ne, [x], (gradient) =>
			this.give(x, this.ggml.ggml_reshape_4d(this.context, gradient, ...x.ne)),
		);
	}

	/** Splits a matrix into parts of these widths, side by side. */
	split(x: Value, widths: readonly number[]): Value[] {
		const { ggml: g, context: c } = this;
		const [width, rows] = x.ne;
		let offset = 0;
		const parts = widths.map((part) => {
			const view = g.ggml_view_2d(c, x.node, part, rows, width * 4, offset * 4);
			offset += part;
			return new Value(g.ggml_cont(c, view), [part, rows, 1, 1], x.tracked);
		});
		// Noted on the first part, whose note is the last to be read before those of x.
		if (this.#recording && x.tracked) {
			this.#closures.push(() => {
				const gradients = parts.map(({ gradient }) => gradient).filter((gradient) => gradient !== null);
				if (gradients.length !== parts.length) throw new Error('a part of a split value has no gradient');
				this.give(
					x,
					gradients.reduce((left, right) => g.ggml_concat(c, left, right, 0)),
				);
			});
		}
		return parts;
	}

	/** Rotates [width, heads, tokens] by the tokens' positions. */
	rope(x: Value, r: Rope): Value {
		const { ggml: g, context: c } = this;
		const rest = [r.positions, r.factors, r.dimensions, r.mode, r.originalContext, r.base, r.scale] as const;
		return this.#result(g.ggml_rope_ext(c, x.node, ...rest, 0, r.attention, 32, 1), x.ne, [x], (gradient) =>
			this.give(x, g.ggml_rope_ext_back(c, gradient, ...rest, 0, r.attention, 32, 1)),
		);
	}

	/** [width, heads, tokens] to [width, tokens, heads], or back. */
	#swap(node: Pointer): Pointer {
		return this.ggml.ggml_cont(this.context, this.ggml.ggml_permute(this.context, node, 0, 2, 1, 3));
	}

	/** Sums the heads that share one key and value: [width, tokens, heads] to [width, tokens, shared]. */
	#sumGroups(node: Pointer, width: number, tokens: number, heads: number, shared: number): Pointer {
		if (heads === shared) return node;
		const { ggml: g, context: c } = this;
		const grouped = g.ggml_reshape_4d(c, node, width * tokens, heads / shared, shared, 1);
		// Only the shape of the second operand counts.
		const sums = g.ggml_new_tensor_2d(c, types.f32, width * tokens, shared);
		const shape = g.ggml_reshape_4d(c, sums, width * tokens, 1, shared, 1);
		return g.ggml_reshape_4d(c, g.ggml_repeat_back(c, grouped, shape), width, tokens, shared, 1);
	}

	/** The tokens of a tile, of [width, heads, tokens]. */
	#tokens(node: Pointer, [width, heads]: Shape, start: number, count: number): Pointer {
		const slice = width * heads * 4;
		return this.ggml.ggml_view_3d(this.context, node, width, heads, count, width * 4, slice, start * slice);
	}

	/**
	 * softmax(scale · K·q + mask) · V for each head; q, k, v are [width, heads, tokens], k and v of fewer heads. Computed
	 * tile by tile, so that nothing is spent on pairs of tokens that do not see each other. As outer products: these take
	 * operands in any order, so that nearly nothing is transposed. Returns [width · heads, tokens].
	 */
	attention(q: Value, k: Value, v: Value, tiles: readonly MaskedTile[], scale: number): Value {
		const { ggml: g, context: c } = this;
		const [width, heads, tokens] = q.ne;
		const shared = k.ne[1];
		/** [width, heads, tokens] in the order [width, tokens, heads], and [tokens, width, heads]. */
		const byToken = (node: Pointer): Pointer => g.ggml_permute(c, node, 0, 2, 1, 3);
		const byWidth = (node: Pointer): Pointer => g.ggml_permute(c, node, 1, 2, 0, 3);
		/** The keys of a tile, of [tokens, width, shared]. */
		const keysOf = (node: Pointer, { from, keys }: MaskedTile): Pointer =>
			g.ggml_view_3d(c, node, keys, width, shared, tokens * 4, tokens * width * 4, from * 4);
		const workOf = ({ count, keys }: MaskedTile): number => count * keys * width * heads;
		const kByWidth = g.ggml_cont(c, byWidth(k.node));
		const computed = tiles.map((tile) => {
			const work = workOf(tile);
			const some = this.#tokens(q.node, q.ne, tile.start, tile.count);
			const scores = this.#outer(keysOf(kByWidth, tile), byWidth(some), work);
			const p = g.ggml_soft_max_ext(c, scores, tile.mask, scale, 0);
			const values = byToken(this.#tokens(v.node, v.ne, tile.from, tile.keys));
			const mixed = this.#outer(values, g.ggml_transpose(c, p), work);
			return { tile, p, mixed: this.#swap(mixed) };
		});
		const joined = this.joined(
			computed.map(({ mixed }) => mixed),
			2,
		);
		const node = g.ggml_reshape_4d(c, joined, width * heads, tokens, 1, 1);
		return this.#result(node, [width * heads, tokens, 1, 1], [q, k, v], (gradient) => {
			const vByWidth = g.ggml_cont(c, byWidth(v.node));
			const qParts: Pointer[] = [];
			const groups = new Map<number, { keys: number; k: Pointer; v: Pointer }>();
			// The last tile of a sample sees all of it: those before add to its gradients.
			for (const { tile, p } of computed.toReversed()) {
				const { start, count, from, keys } = tile;
				const work = workOf(tile);
				const back = this.#tokens(gradient, q.ne, start, count);
				const sum = (each: Pointer): Pointer => this.#sumGroups(each, width, keys, heads, shared);
				const vGradient = sum(this.#outer(byToken(back), p, work));
				// Used once only: SOFT_MAX_BACK is wrong if the allocator lets it overwrite p.
				const pGradient = this.#outer(keysOf(vByWidth, tile), byWidth(back), work);
				const sGradient = g.ggml_soft_max_ext_back(c, pGradient, p, scale, 0);
				const kGradient = sum(this.#outer(byToken(this.#tokens(q.node, q.ne, start, count)), sGradient, work));
				const known = byToken(this.#tokens(k.node, k.ne, from, keys));
				qParts.unshift(this.#swap(this.#outer(known, g.ggml_transpose(c, sGradient), work)));
				const group = groups.get(from);
				const added = (to: Pointer | undefined, part: Pointer): Pointer =>
					to === undefined || group === undefined
						? part
						: g.ggml_acc_inplace(c, to, part, width * 4, width * group.keys * 4, width * group.keys * shared * 4, 0);
				groups.set(from, {
					keys: group?.keys ?? keys,
					k: added(group?.k, kGradient),
					v: added(group?.v, vGradient),
				});
			}
			const inOrder = [...groups.values()].toReversed();
			const whole = (parts: readonly Pointer[]): Pointer =>
				this.joined(
					parts.map((part) => this.#swap(part)),
					2,
				);
			this.give(v, whole(inOrder.map((group) => group.v)));
			this.give(k, whole(inOrder.map((group) => group.k)));
			this.give(q, this.joined(qParts, 2));
		});
	}

	/** silu(x) and σ(x), which is silu(x) / x: ggml computes silu many values at a time, σ one by one. */
	#sigmoid(node: Pointer): { silu: Pointer; sigmoid: Pointer } {
		const { ggml: g, context: c } = this;
		const x = g.ggml_scale_bias(c, node, 1, nearlyNothing);
		const silu = g.ggml_silu(c, x);
		return { silu, sigmoid: g.ggml_div(c, silu, x) };
	}

	/** silu(gate) ∘ up. */
	swiGlu(gate: Value, up: Value): Value {
		const { ggml: g, context: c } = this;
		const build = (): Pointer => g.ggml_swiglu_split(c, gate.node, up.node);
		const back = (gradient: Pointer): void => {
			const { silu, sigmoid } = this.#sigmoid(gate.node);
			// silu' = σ + silu · (1 − σ)
			const derivative = g.ggml_add(c, g.ggml_mul(c, g.ggml_scale_bias(c, sigmoid, -1, 1), silu), sigmoid);
			this.give(gate, g.ggml_mul(c, g.ggml_mul(c, gradient, up.node), derivative));
			this.give(up, g.ggml_mul(c, gradient, silu));
		};
		return this.#result(build(), up.ne, [gate, up], back, build);
	}

	/**
	 * gelu(gate) ∘ up with GELU's tanh form, x · σ(2u), u = √(2/π) · (x + 0.044715 x³). Not ggml's own: that reads a table of
	 * F16 values, whose steps no gradient matches.
	 */
	geGlu(gate: Value, up: Value): Value {
		const { ggml: g, context: c } = this;
		const factor = 2 * Math.sqrt(2 / Math.PI);
		const x = gate.node;
		const parts = (): { square: Pointer; sigmoid: Pointer; gelu: Pointer } => {
			const square = g.ggml_sqr(c, x);
			const { sigmoid } = this.#sigmoid(g.ggml_mul(c, x, g.ggml_scale_bias(c, square, factor * 0.044_715, factor)));
			return { square, sigmoid, gelu: g.ggml_mul(c, x, sigmoid) };
		};
		const build = (): Pointer => g.ggml_mul(c, parts().gelu, up.node);
		const back = (gradient: Pointer): void => {
			const { square, sigmoid, gelu } = parts();
			// gelu' = σ + x·σ·(1 − σ) · 2u'
			const slope = g.ggml_scale_bias(c, square, factor * 3 * 0.044_715, factor);
			const rest = g.ggml_mul(c, g.ggml_mul(c, gelu, g.ggml_scale_bias(c, sigmoid, -1, 1)), slope);
			const derivative = g.ggml_add(c, rest, sigmoid);
			this.give(gate, g.ggml_mul(c, g.ggml_mul(c, gradient, up.node), derivative));
			this.give(up, g.ggml_mul(c, gradient, gelu));
		};
		return this.#result(build(), up.ne, [gate, up], back, build);
	}

	/** Picks rows of a matrix. */
	rows(x: Value, ids: Pointer, count: number): Value {
		const { ggml: g, context: c } = this;
		return this.#result(g.ggml_get_rows(c, x.node, ids), [x.ne[0], count, 1, 1], [x], (gradient) =>
			this.give(x, g.ggml_get_rows_back(c, gradient, ids, x.node)),
		);
	}
}
