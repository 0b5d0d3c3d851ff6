import type { Pointer } from '../libllama/structs.ts';
import { type Ggml, types } from './ggml.ts';
import { pieceRows, transposedType, unpacksFaster, type Weight } from './weights.ts';

/** Sizes of the four dimensions, the innermost first, as in ggml. */
export type Shape = readonly [number, number, number, number];

/** A node of the graph that may get a gradient. */
export class Value {
	readonly node: Pointer;
	readonly ne: Shape;
	/** Whether it depends on a trained value. */
	readonly tracked: boolean;
	gradient: Pointer | null = null;

	constructor(node: Pointer, ne: Shape, tracked: boolean) {
		this.node = node;
		this.ne = ne;
		this.tracked = tracked;
	}
}

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
	/** Multiply quantised weights in BF16 where that is faster. */
	readonly #rounded: boolean;
	#closures: (() => void)[] = [];
	#recording = true;

	constructor(ggml: Ggml, context: Pointer, graph: Pointer, exact: boolean, rounded: boolean) {
		this.ggml = ggml;
		this.context = context;
		this.#graph = graph;
		this.#exact = exact;
		this.#rounded = rounded;
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

	#result(node: Pointer, ne: Shape, operands: readonly Value[], back: (gradient: Pointer) => void): Value {
		const value = new Value(
			node,
			ne,
			operands.some(({ tracked }) => tracked),
		);
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

	/** The values of a weight in F32. */
	#plain(weight: Weight): Pointer {
		return weight.type === types.f32 ? weight.node : this.ggml.ggml_cast(this.context, weight.node, types.f32);
	}

	#transposedWeight(weight: Weight): Pointer {
		const { ggml: g, context: c } = this;
		const view = g.ggml_transpose(c, this.#plain(weight));
		const type = transposedType(weight, this.#rounded);
		return type === types.f32 ? g.ggml_cont(c, view) : g.ggml_cast(c, view, type);
	}

	/**
	 * Multiplies a weight with an input, without a gradient: in `exact` mode in F32; otherwise as the engine does, or in BF16
	 * where that is faster than the kernels of the weight's type.
	 */
	multiply(weight: Weight, x: Pointer): Pointer {
		const { ggml: g, context: c } = this;
		if (this.#exact) return g.ggml_mul_mat(c, this.#plain(weight), x);
		// A large one would take more memory unpacked than the rest of the pass.
		const unpacked = this.#rounded && unpacksFaster(weight) && weight.ne[1] <= pieceRows;
		return g.ggml_mul_mat(c, unpacked ? g.ggml_cast(c, this.#plain(weight), types.bf16) : weight.node, x);
	}

	/**
	 * Returns Wᵀ · gradient, [outputs, columns]. A quantised weight is unpacked for a moment, a large one piece by piece.
	 */
	multiplyTransposed(weight: Weight, gradient: Pointer, columns: number): Pointer {
		const { ggml: g, context: c } = this;
		const [inputs, outputs] = weight.ne;
		if (weight.transposed !== null) return g.ggml_mul_mat(c, weight.transposed, gradient);
		if (outputs <= pieceRows) return g.ggml_mul_mat(c, this.#transposedWeight(weight), gradient);
		const rowBytes = this.ggml.ggml_nbytes(weight.node) / outputs;
		let sum: Pointer | null = null;
		for (let start = 0; start < outputs; start += pieceRows) {
			const count = Math.min(pieceRows, outputs - start);
			const node = g.ggml_view_2d(c, weight.node, inputs, count, rowBytes, start * rowBytes);
			const piece = this.#transposedWeight({ ...weight, node });
			const part = g.ggml_view_2d(c, gradient, count, columns, outputs * 4, start * 4);
			const product = g.ggml_mul_mat(c, piece, g.ggml_cont(c, part));
			sum = sum === null ? product : g.ggml_add(c, sum, product);
		}
		if (sum === null) throw new RangeError('a weight without outputs');
		return sum;
	}

	/**
	 * W·x + bias + scale · B·(A·(mask ∘ x)). The weight and its bias are not trained.
	 *
	 * @param mask Dropout: 0, or 1 / (1 − p).
	 */
	linear(x: Value, weight: Weight, bias: Weight | null, lora: LoraPair | null, mask: Pointer | null): Value {
		const { ggml: g, context: c } = this;
		let node = this.multiply(weight, x.node);
		const ne: Shape = [weight.ne[1], x.ne[1], 1, 1];
		if (lora === null) {
			if (bias !== null) node = g.ggml_add(c, node, bias.node);
			return this.#result(node, ne, [x], (gradient) =>
				this.give(x, this.multiplyTransposed(weight, gradient, x.ne[1])),
			);
		}
		const input = mask === null ? x.node : g.ggml_mul(c, x.node, mask);
		const inner = g.ggml_scale(c, g.ggml_mul_mat(c, lora.a, input), lora.scale);
		// With few rows, out_prod is several times faster than mul_mat: its inner loop runs along the outputs.
		node = g.ggml_add(c, node, g.ggml_out_prod(c, this.#transposed(lora.b), this.#transposed(inner)));
		if (bias !== null) node = g.ggml_add(c, node, bias.node);
		const value = new Value(node, ne, true);
		this.record(value, (gradient) => {
			const gradientB = this.#transposed(g.ggml_out_prod(c, gradient, inner));
			this.expand(g.ggml_add_inplace(c, lora.gradientB, gradientB));
			const innerGradient = g.ggml_scale(c, g.ggml_mul_mat(c, this.#transposed(lora.b), gradient), lora.scale);
			this.expand(g.ggml_add_inplace(c, lora.gradientA, g.ggml_out_prod(c, input, innerGradient)));
			if (!x.tracked) return;
			const through = g.ggml_out_prod(c, lora.a, this.#transposed(innerGradient));
			this.give(x, mask === null ? through : g.ggml_mul(c, through, mask));
			this.give(x, this.multiplyTransposed(weight, gradient, x.ne[1]));
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
		const node = g.ggml_mul(c, g.ggml_rms_norm(c, x.node, epsilon), weight.node);
		return this.#result(node, x.ne, [x], (gradient) =>
			this.give(x, g.ggml_rms_norm_back(c, g.ggml_mul(c, gradient, weight.node), x.node, epsilon)),
		);
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

	/**
	 * softmax(scale · K·q + mask) · V for each head; q, k, v are [width, heads, tokens], k and v of fewer heads.
	 * Returns [width · heads, tokens].
	 */
	attention(q: Value, k: Value, v: Value, mask: Pointer, scale: number): Value {
		const { ggml: g, context: c } = this;
		const [width, heads, tokens] = q.ne;
		const shared = k.ne[1];
		const [qs, ks, vs] = [this.#swap(q.node), this.#swap(k.node), this.#swap(v.node)];
		const p = g.ggml_soft_max_ext(c, g.ggml_mul_mat(c, ks, qs), mask, scale, 0);
		const mixed = g.ggml_mul_mat(c, this.#transposed(vs), p);
		const node = g.ggml_reshape_4d(c, this.#swap(mixed), width * heads, tokens, 1, 1);
		return this.#result(node, [width * heads, tokens, 1, 1], [q, k, v], (gradient) => {
			const back = this.#swap(g.ggml_reshape_4d(c, gradient, width, heads, tokens, 1));
			const vGradient = g.ggml_mul_mat(c, this.#transposed(back), this.#transposed(p));
			this.give(v, this.#swap(this.#sumGroups(vGradient, width, tokens, heads, shared)));
			// Used once only: SOFT_MAX_BACK is wrong if the allocator lets it overwrite p.
			const pGradient = g.ggml_mul_mat(c, vs, back);
			const sGradient = g.ggml_soft_max_ext_back(c, pGradient, p, scale, 0);
			const kGradient = g.ggml_mul_mat(c, this.#transposed(qs), this.#transposed(sGradient));
			this.give(k, this.#swap(this.#sumGroups(kGradient, width, tokens, heads, shared)));
			this.give(q, this.#swap(g.ggml_mul_mat(c, this.#transposed(ks), sGradient)));
		});
	}

	/** silu(gate) ∘ up. */
	swiGlu(gate: Value, up: Value): Value {
		const { ggml: g, context: c } = this;
		return this.#result(g.ggml_swiglu_split(c, gate.node, up.node), up.ne, [gate, up], (gradient) => {
			this.give(gate, g.ggml_silu_back(c, g.ggml_mul(c, gradient, up.node), gate.node));
			this.give(up, g.ggml_mul(c, gradient, g.ggml_silu(c, gate.node)));
		});
	}

	/**
	 * gelu(gate) ∘ up with GELU's tanh form, x · σ(2u), u = √(2/π) · (x + 0.044715 x³). Not ggml's own: that reads a table of
	 * F16 values, whose steps no gradient matches.
	 */
	geGlu(gate: Value, up: Value): Value {
		const { ggml: g, context: c } = this;
		const factor = 2 * Math.sqrt(2 / Math.PI);
		const x = gate.node;
		const square = g.ggml_sqr(c, x);
		const sigmoid = g.ggml_sigmoid(c, g.ggml_mul(c, x, g.ggml_scale_bias(c, square, factor * 0.044_715, factor)));
		const gelu = g.ggml_mul(c, x, sigmoid);
		return this.#result(g.ggml_mul(c, gelu, up.node), up.ne, [gate, up], (gradient) => {
			// gelu' = σ + x·σ·(1 − σ) · 2u'
			const slope = g.ggml_scale_bias(c, square, factor * 3 * 0.044_715, factor);
			const rest = g.ggml_mul(c, g.ggml_mul(c, gelu, g.ggml_scale_bias(c, sigmoid, -1, 1)), slope);
			const derivative = g.ggml_add(c, rest, sigmoid);
			this.give(gate, g.ggml_mul(c, g.ggml_mul(c, gradient, up.node), derivative));
			this.give(up, g.ggml_mul(c, gradient, gelu));
		});
	}

	/** Picks rows of a matrix. */
	rows(x: Value, ids: Pointer, count: number): Value {
		const { ggml: g, context: c } = this;
		return this.#result(g.ggml_get_rows(c, x.node, ids), [x.ne[0], count, 1, 1], [x], (gradient) =>
			this.give(x, g.ggml_get_rows_back(c, gradient, ids, x.node)),
		);
	}
}
