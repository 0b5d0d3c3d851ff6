import type { LoraSettings, TrainingObjective } from '../../contract/native/training.ts';
import type { Pointer } from '../libllama/structs.ts';
import { buildHidden, buildLogits, type ForwardInputs, type Model } from './forward.ts';
import { type Engine, outOfMemory, types } from './ggml.ts';
import type { Lora } from './lora.ts';
import type { PassArrays } from './packing.ts';
import { fillDropout, randomSource } from './random.ts';
import { Tape } from './tape.ts';
import type { Weight } from './weights.ts';

/** Everything that the graphs of one training share. */
export type PassContext = {
	readonly engine: Engine;
	readonly model: Model;
	readonly teacher: Model | null;
	readonly lora: Lora;
	readonly settings: LoraSettings;
	readonly objective: TrainingObjective;
	readonly exact: boolean;
	readonly recompute: boolean;
};

/** What a graph depends on; a later pass of the same kind reuses it. */
export type PassKind = {
	readonly tokens: number;
	readonly rows: number;
	/** Pairs of a preference pass that takes gradients; 0 otherwise. */
	readonly pairs: number;
	/** `train`: with gradients and dropout; `adapted`: the loss only; `base`: without A and B. */
	readonly purpose: 'train' | 'adapted' | 'base';
};

/** What a pass gives for each scored row, in nats, and for each pair. */
export type PassResult = {
	readonly logProbabilities: Float32Array;
	/** KL(teacher ‖ student) at the temperature; empty for other objectives. */
	readonly divergences: Float32Array;
	/** β · margin; empty without pairs. */
	readonly margins: Float32Array;
};

/** Values of a preference pass: +weight for rows of a pair's chosen answer, −weight for the rejected. */
export type PairArrays = {
	/** [rows, pairs] and its transpose. */
	readonly signs: Float32Array;
	readonly signsTransposed: Float32Array;
	/** Log-ratio of each pair under the base. */
	readonly references: Float32Array;
	/** 1 / pairs of the whole step. */
	readonly share: number;
};

/** Probabilities below this count as this: the logarithm of a smaller one is not a number of F32. */
const smallest = 1e-37;

/** Nodes of ggml per layer, at most: 60 forward, 150 for the gradients, 60 if computed once more. */
const nodesPerLayer = 420;
const nodesOutside = 1500;

/** Weights times tokens after which computing may be interrupted: about a tenth of a second on one core. */
const workBetweenPauses = 135e6 * 256 * 0.02;

/** One graph with its inputs, from tokens to the gradients of A and B. */
export class Pass {
	readonly kind: PassKind;
	readonly #c: PassContext;
	readonly #context: Pointer;
	readonly #graph: Pointer;
	readonly #inputs: Record<'tokens' | 'positions' | 'mask' | 'rows' | 'targets', Pointer>;
	readonly #windowMask: Pointer | null;
	/** Factor of each row's gradient. */
	readonly #rowFactors: Pointer | null = null;
	readonly #pairInputs: Record<'signs' | 'signsTransposed' | 'references' | 'share', Pointer> | null = null;
	readonly #outputs: { logProbabilities: Pointer; divergences: Pointer | null; margins: Pointer | null };
	readonly #dropout = new Map<string, { node: Pointer; length: number }>();
	#pieces: Pointer[] = [];
	#piecesContext: Pointer | null = null;

	constructor(c: PassContext, kind: PassKind) {
		this.#c = c;
		this.kind = kind;
		const { engine, model, teacher, objective } = c;
		const { ggml: g } = engine;
		const { tokens, rows } = kind;
		const layers = model.shape.layers + (teacher?.shape.layers ?? 0);
		const capacity = layers * nodesPerLayer + nodesOutside;
		const context = engine.createContext(capacity);
		this.#context = context;
		this.#graph = g.ggml_new_graph_custom(context, capacity, false);
		const input = (node: Pointer): Pointer => {
			g.ggml_set_input(node);
			return node;
		};
		const vector = (type: number, length: number): Pointer => input(g.ggml_new_tensor_1d(context, type, length));
		const matrix = (type: number, ne0: number, ne1: number): Pointer =>
			input(g.ggml_new_tensor_2d(context, type, ne0, ne1));
		this.#inputs = {
			tokens: vector(types.i32, tokens),
			positions: vector(types.i32, tokens),
			mask: matrix(types.f32, tokens, tokens),
			rows: vector(types.i32, rows),
			targets: matrix(types.i32, 1, rows),
		};
		this.#windowMask = model.shape.window === null ? null : matrix(types.f32, tokens, tokens);
		const tape = new Tape(g, context, this.#graph, c.exact);
		const train = kind.purpose === 'train';
		const shared = { ...this.#inputs, count: tokens, windowMask: this.#windowMask };
		const withDropout = train && c.settings.dropout > 0;
		const inputs: ForwardInputs = {
			...shared,
			lora: kind.purpose === 'base' ? () => null : c.lora.pair,
			dropout: withDropout ? (weight, width) => this.#dropoutMask(weight, width, matrix) : null,
			recompute: train && c.recompute,
		};
		const hidden = tape.rows(buildHidden(tape, model, inputs), this.#inputs.rows, rows);
		const normed = tape.rmsNorm(hidden, model.outer.norm, model.shape.epsilon);
		const logits = buildLogits(tape, model, normed.node);
		const { vocabulary } = model.shape;
		const p = g.ggml_soft_max_ext(context, logits, null, 1, 0);
		const byToken = g.ggml_reshape_4d(context, p, 1, vocabulary, rows, 1);
		const picked = g.ggml_get_rows(context, byToken, this.#inputs.targets);
		const log = (node: Pointer): Pointer => g.ggml_log(context, g.ggml_clamp(context, node, smallest, 1));
		const output = (node: Pointer): Pointer => {
			g.ggml_set_output(node);
			tape.expand(node);
			return node;
		};
		const logProbabilities = output(log(picked));
		let margins: Pointer | null = null;
		let divergences: Pointer | null = null;
		/** Makes p − 1 at the target: the gradient of −log p by the logits. Overwrites p. */
		const towardsTarget = (): Pointer =>
			g.ggml_reshape_4d(
				context,
				g.ggml_set_rows(context, byToken, g.ggml_scale_bias(context, picked, 1, -1), this.#inputs.targets),
				vocabulary,
				rows,
				1,
				1,
			);
		/** Gradient of the row's loss by the logits, before its factor. */
		let delta: (() => Pointer) | null = towardsTarget;
		if (objective.kind === 'distillation' && teacher !== null && kind.purpose !== 'base') {
			const { temperature, share } = objective;
			const softened = (node: Pointer): Pointer => g.ggml_soft_max_ext(context, node, null, 1 / temperature, 0);
			const teacherInputs: ForwardInputs = { ...shared, lora: () => null, dropout: null, recompute: false };
			const theirs = tape.rows(buildHidden(tape, teacher, teacherInputs), this.#inputs.rows, rows);
			const theirNormed = tape.rmsNorm(theirs, teacher.outer.norm, teacher.shape.epsilon);
			let theirLogits = buildLogits(tape, teacher, theirNormed.node);
			if (teacher.shape.vocabulary > vocabulary) {
				const stride = teacher.shape.vocabulary * 4;
				theirLogits = g.ggml_cont(context, g.ggml_view_2d(context, theirLogits, vocabulary, rows, stride, 0));
			}
			const [q, own] = [softened(theirLogits), softened(logits)];
			const ratio = g.ggml_sub(context, log(q), log(own));
			divergences = output(g.ggml_sum_rows(context, g.ggml_mul(context, q, ratio)));
			delta = () => {
				const soft = g.ggml_scale(context, g.ggml_sub(context, own, q), share * temperature);
				return share === 1 ? soft : g.ggml_add(context, soft, g.ggml_scale(context, towardsTarget(), 1 - share));
			};
		}
		if (train) {
			let factors: Pointer;
			if (objective.kind === 'preference') {
				this.#pairInputs = {
					signs: matrix(types.f32, rows, kind.pairs),
					signsTransposed: matrix(types.f32, kind.pairs, rows),
					references: vector(types.f32, kind.pairs),
					share: vector(types.f32, 1),
				};
				const { signs, signsTransposed, references, share } = this.#pairInputs;
				const ratios = g.ggml_sub(
					context,
					g.ggml_mul_mat(context, signs, g.ggml_reshape_4d(context, logProbabilities, rows, 1, 1, 1)),
					references,
				);
				margins = output(g.ggml_scale(context, ratios, objective.beta));
				const doubt = g.ggml_sigmoid(context, g.ggml_scale(context, margins, -1));
				const scaled = g.ggml_mul(context, g.ggml_scale(context, doubt, objective.beta), share);
				factors = g.ggml_reshape_4d(context, g.ggml_mul_mat(context, signsTransposed, scaled), 1, rows, 1, 1);
			} else {
				factors = matrix(types.f32, 1, rows);
				this.#rowFactors = factors;
			}
			// The factors are multiplied behind the output matrix, where a row is short.
			const gradient = tape.multiplyTransposed(model.outer.output, delta(), rows);
			const scaled = g.ggml_mul(context, gradient, factors);
			tape.give(normed, model.shape.logitScale === 1 ? scaled : g.ggml_scale(context, scaled, model.shape.logitScale));
			tape.backward();
		}
		this.#outputs = { logProbabilities, divergences, margins };
		const used = g.ggml_graph_n_nodes(this.#graph);
		if (used > capacity * 0.9) throw new Error(`a pass has ${used} nodes, more than expected`);
	}

	/** Number of nodes in the graph. */
	get nodes(): number {
		return this.#c.engine.ggml.ggml_graph_n_nodes(this.#graph);
	}

	#dropoutMask(weight: Weight, width: number, matrix: (type: number, ne0: number, ne1: number) => Pointer): Pointer {
		const length = width * this.kind.tokens;
		const known = this.#dropout.get(weight.name) ?? { node: matrix(types.f32, width, this.kind.tokens), length };
		this.#dropout.set(weight.name, known);
		return known.node;
	}

	/** Returns the bytes that the values of this graph take together, without taking them. */
	measure(): number {
		const { engine } = this.#c;
		const allocator = engine.ggml.ggml_gallocr_new(engine.bufferType);
		const sizes = new BigUint64Array(1);
		engine.ggml.ggml_gallocr_reserve_n_size(allocator, this.#graph, null, null, sizes);
		engine.ggml.ggml_gallocr_free(allocator);
		return Number(sizes[0]);
	}

	/** Gives the graph memory; it may be shared with passes before. Throws Failure `training-memory`. */
	allocate(allocator: Pointer): void {
		const { engine, model } = this.#c;
		const { ggml: g } = engine;
		if (!g.ggml_gallocr_alloc_graph(allocator, this.#graph)) throw outOfMemory();
		// Pieces of the graph in its order, so that computing can pause between them.
		const weights = model.layers.length * 12 * model.shape.width ** 2 + model.shape.width * model.shape.vocabulary;
		const count = this.nodes;
		const pieces = Math.min(count, Math.max(1, Math.ceil((weights * this.kind.tokens) / workBetweenPauses)));
		const length = Math.ceil(count / pieces);
		const context = engine.createContext(count + 64 * pieces);
		this.#piecesContext = context;
		for (let start = 0; start < count; start += length) {
			const piece = g.ggml_new_graph_custom(context, length, false);
			const end = Math.min(count, start + length);
			for (let index = start; index < end; index += 1) {
				g.ggml_graph_add_node(piece, g.ggml_graph_node(this.#graph, index));
			}
			this.#pieces.push(piece);
		}
	}

	/**
	 * Computes the pass and adds to the gradients of A and B.
	 *
	 * @param rowFactors Weight of each row's loss in the gradient.
	 * @param random Seed and place of the dropout.
	 * @param mayGoOn Waits while the training is paused.
	 */
	async compute(
		arrays: PassArrays,
		rowFactors: Float32Array | null,
		pairs: PairArrays | null,
		random: readonly [seed: number, ...place: number[]],
		mayGoOn: () => Promise<void> | null,
	): Promise<PassResult> {
		const { engine, settings } = this.#c;
		const { ggml: g } = engine;
		const set = (node: Pointer | null, values: Float32Array | Int32Array | null): void => {
			if (node !== null && values !== null) g.ggml_backend_tensor_set(node, values, 0, values.byteLength);
		};
		for (const name of ['tokens', 'positions', 'mask', 'rows', 'targets'] as const)
			set(this.#inputs[name], arrays[name]);
		set(this.#windowMask, arrays.windowMask);
		set(this.#rowFactors, rowFactors);
		if (this.#pairInputs !== null && pairs !== null) {
			set(this.#pairInputs.signs, pairs.signs);
			set(this.#pairInputs.signsTransposed, pairs.signsTransposed);
			set(this.#pairInputs.references, pairs.references);
			set(this.#pairInputs.share, Float32Array.of(pairs.share));
		}
		let index = 0;
		for (const { node, length } of this.#dropout.values()) {
			const mask = new Float32Array(length);
			const [seed, ...place] = random;
			fillDropout(mask, settings.dropout, randomSource(seed, ...place, index));
			set(node, mask);
			index += 1;
		}
		for (const piece of this.#pieces) {
			const wait = mayGoOn();
			if (wait !== null) await wait;
			await engine.compute(piece);
		}
		const get = (node: Pointer | null): Float32Array => {
			if (node === null) return new Float32Array();
			const values = new Float32Array(g.ggml_nbytes(node) / 4);
			g.ggml_backend_tensor_get(node, values, 0, values.byteLength);
			return values;
		};
		return {
			logProbabilities: get(this.#outputs.logProbabilities),
			divergences: get(this.#outputs.divergences),
			margins: get(this.#outputs.margins),
		};
	}

	dispose(): void {
		const { functions } = this.#c.engine.library;
		functions.ggml_free(this.#context);
		if (this.#piecesContext !== null) functions.ggml_free(this.#piecesContext);
	}
}
