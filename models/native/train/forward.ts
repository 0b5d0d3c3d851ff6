import type { LoraSettings } from '../../contract/native/training.ts';
import type { Pointer } from '../libllama/structs.ts';
import type { ModelShape } from './architectures.ts';
import { type LoraPair, type MaskedTile, type Rope, type Tape, Value } from './tape.ts';
import type { Weight, Weights } from './weights.ts';

/** What one pass is given besides the weights. */
export type ForwardInputs = {
	/** Token ids and positions, I32. */
	readonly tokens: Pointer;
	readonly positions: Pointer;
	readonly count: number;
	readonly tiles: readonly MaskedTile[];
	/** The same for layers with a window. */
	readonly windowTiles: readonly MaskedTile[] | null;
	/** A and B of a weight; null: it has none, or the base is wanted. */
	readonly lora: (weight: Weight) => LoraPair | null;
	/** Makes the dropout mask of a weight's input; null: no dropout. */
	readonly dropout: ((weight: Weight, inputs: number) => Pointer) | null;
	readonly recompute: boolean;
};

/** Weights of one layer. Throws if the file lacks one or a size is wrong. */
function layerWeights(shape: ModelShape, weights: Weights, index: number) {
	const { width, heads, sharedHeads, headWidth, feedForward } = shape;
	const [own, shared] = [heads * headWidth, sharedHeads * headWidth];
	const name = (part: string): string => `blk.${index}.${part}`;
	const need = (part: string, inputs: number, outputs: number): [Weight, Weight | null] => [
		weights.need(name(`${part}.weight`), inputs, outputs),
		weights.get(name(`${part}.bias`)) === null ? null : weights.need(name(`${part}.bias`), outputs, 1),
	];
	const norm = (part: string, size: number): Weight | null =>
		weights.get(name(`${part}.weight`)) === null ? null : weights.need(name(`${part}.weight`), size, 1);
	const fused = weights.get(name('attn_qkv.weight')) !== null;
	const fusedGate = weights.get(name('ffn_gate.weight')) === null;
	return {
		attentionNorm: weights.need(name('attn_norm.weight'), width, 1),
		qkv: fused ? need('attn_qkv', width, own + 2 * shared) : null,
		q: fused ? null : need('attn_q', width, own),
		k: fused ? null : need('attn_k', width, shared),
		v: fused ? null : need('attn_v', width, shared),
		qNorm: norm('attn_q_norm', headWidth),
		kNorm: norm('attn_k_norm', headWidth),
		output: need('attn_output', own, width),
		postAttentionNorm: norm('post_attention_norm', width),
		feedForwardNorm: weights.need(name('ffn_norm.weight'), width, 1),
		gate: fusedGate ? null : need('ffn_gate', width, feedForward),
		up: need('ffn_up', width, fusedGate ? 2 * feedForward : feedForward),
		down: need('ffn_down', feedForward, width),
		postFeedForwardNorm: norm('post_ffw_norm', width),
	};
}

/** Weights of the model outside of its layers. */
function outerWeights(shape: ModelShape, weights: Weights) {
	const { width, vocabulary } = shape;
	const embedding = weights.need('token_embd.weight', width, vocabulary);
	const named = (name: string): Weight | null => weights.get(name) ?? weights.get(`blk.0.${name}`);
	const size = shape.ropeDimensions / 2;
	const factors = named('rope_factors_short.weight') ?? named('rope_freqs.weight');
	return {
		embedding,
		norm: weights.need('output_norm.weight', width, 1),
		output: weights.get('output.weight') === null ? embedding : weights.need('output.weight', width, vocabulary),
		outputBias: weights.get('output.bias') === null ? null : weights.need('output.bias', vocabulary, 1),
		ropeFactors: factors === null ? null : weights.need(factors.name, size, 1),
	};
}

/** The weights in the places where the graph uses them. */
export type Model = {
	readonly shape: ModelShape;
	readonly outer: ReturnType<typeof outerWeights>;
	readonly layers: readonly ReturnType<typeof layerWeights>[];
};

/** Finds every weight of a model. Throws Failure `training-architecture-unsupported` if one is missing. */
export function arrange(shape: ModelShape, weights: Weights): Model {
	return {
		shape,
		outer: outerWeights(shape, weights),
		layers: Array.from({ length: shape.layers }, (_, index) => layerWeights(shape, weights, index)),
	};
}

/** The matrices of all layers, or of their attention only, in the order of the model. */
export function linearWeights(model: Model, modules: LoraSettings['modules']): Weight[] {
	return model.layers.flatMap(({ q, k, v, qkv, output, gate, up, down }) => {
		const linear = [q, k, v, qkv, output, ...(modules === 'attention' ? [] : [gate, up, down])];
		return linear.flatMap((pair) => (pair === null ? [] : [pair[0]]));
	});
}

function buildLayer(tape: Tape, model: Model, index: number, inputs: ForwardInputs, x: Value): Value {
	const { shape } = model;
	const layer = model.layers[index];
	if (layer === undefined) throw new RangeError(`layer ${index}`);
	const { epsilon, headWidth, heads, sharedHeads } = shape;
	const { windowed, rope } = shape.layer(index);
	const linear = (value: Value, [weight, bias]: readonly [Weight, Weight | null]): Value => {
		const lora = inputs.lora(weight);
		const mask = lora === null ? null : (inputs.dropout?.(weight, value.ne[0]) ?? null);
		return tape.linear(value, weight, bias, lora, mask);
	};
	const norm = (value: Value, weight: Weight | null): Value =>
		weight === null ? value : tape.rmsNorm(value, weight, epsilon);
	const placed = (value: Value, weight: Weight | null, count: number): Value => {
		const split = norm(tape.reshape(value, [headWidth, count, inputs.count, 1]), weight);
		if (rope === null) return split;
		const settings: Rope = {
			positions: inputs.positions,
			factors: model.outer.ropeFactors?.node ?? null,
			dimensions: shape.ropeDimensions,
			mode: shape.ropeMode,
			originalContext: shape.ropeOriginalContext,
			attention: shape.ropeAttention,
			...rope,
		};
		return tape.rope(split, settings);
	};
	const normed = norm(x, layer.attentionNorm);
	let parts: Value[];
	if (layer.qkv !== null) {
		const shared = sharedHeads * headWidth;
		parts = tape.split(linear(normed, layer.qkv), [heads * headWidth, shared, shared]);
	} else {
		parts = [layer.q, layer.k, layer.v].flatMap((weight) => (weight === null ? [] : [linear(normed, weight)]));
	}
	const [q, k, v] = parts;
	if (q === undefined || k === undefined || v === undefined) throw new Error('a layer without query, key or value');
	const tiles = (windowed ? inputs.windowTiles : null) ?? inputs.tiles;
	const attended = tape.attention(
		placed(q, layer.qNorm, heads),
		placed(k, layer.kNorm, sharedHeads),
		tape.reshape(v, [headWidth, sharedHeads, inputs.count, 1]),
		tiles,
		shape.attentionScale,
	);
	const mixed = norm(linear(attended, layer.output), layer.postAttentionNorm);
	const middle = tape.add(tape.scale(mixed, shape.residualScale), x);
	const inner = norm(middle, layer.feedForwardNorm);
	const up = linear(inner, layer.up);
	const [gate, open] =
		layer.gate === null ? tape.split(up, [shape.feedForward, shape.feedForward]) : [linear(inner, layer.gate), up];
	if (gate === undefined || open === undefined) throw new Error('a layer without a gate');
	const active = shape.activation === 'gelu' ? tape.geGlu(gate, open) : tape.swiGlu(gate, open);
	const fed = norm(linear(active, layer.down), layer.postFeedForwardNorm);
	return tape.add(tape.scale(fed, shape.residualScale), middle);
}

/** Builds the hidden values of all tokens after the last layer, before the last norm: [width, tokens]. */
export function buildHidden(tape: Tape, model: Model, inputs: ForwardInputs): Value {
	const { shape, outer } = model;
	const rows = tape.ggml.ggml_get_rows(tape.context, outer.embedding.node, inputs.tokens);
	let x = tape.scale(new Value(rows, [shape.width, inputs.count, 1, 1], false), shape.embeddingScale);
	for (let index = 0; index < shape.layers; index += 1) {
		const build = (value: Value): Value => buildLayer(tape, model, index, inputs, value);
		x = inputs.recompute ? tape.recomputed(x, build) : build(x);
	}
	return x;
}

/** Builds the logits from normed hidden values, [vocabulary, rows], without a gradient. */
export function buildLogits(tape: Tape, { shape, outer }: Model, normed: Pointer, rows: number): Pointer {
	const { ggml, context } = tape;
	let logits = tape.multiply(outer.output, normed, rows);
	if (outer.outputBias !== null) logits = ggml.ggml_add(context, logits, outer.outputBias.node);
	return shape.logitScale === 1 ? logits : ggml.ggml_scale(context, logits, shape.logitScale);
}
