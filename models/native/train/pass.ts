import type { LoraSettings, TrainingObjective } from '../../contract/native/training.ts';
import type { Pointer } from '../libllama/structs.ts';
import { buildHidden, type ForwardInputs, linearWeights, type Model } from './forward.ts';
import { type Engine, outOfMemory, types } from './ggml.ts';
import { buildHead, rowsAtOnce } from './head.ts';
import type { Lora } from './lora.ts';
import { type AttentionTile, maskLength, type PassArrays } from './packing.ts';
import { fillDropout, randomSource } from './random.ts';
import { evenParts, longestWork, type MaskedTile, Tape } from './tape.ts';
import { pieceRows, type Weight } from './weights.ts';

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
	/** Rows whose logits are computed at once; null: as many as is good. */
	readonly rowsAtOnce: number | null;
};

/** What a graph depends on; a later pass of the same kind reuses it. */
export type PassKind = {
	readonly tokens: number;
	readonly tiles: readonly AttentionTile[];
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

/** Nodes of ggml per layer, at most: 60 forward, 150 for the gradients, 60 if computed once more. */
const nodesPerLayer = 420;
/** Of the attention of a tile: 15 forward, 40 for the gradients, 15 if computed once more. */
const nodesPerTile = 80;
/** Of a product that is computed a few columns at a time: of each part, forward, backward and once more. */
const nodesPerPart = 12;
const nodesOutside = 300;

/** Memory that a node takes besides its values, bytes: in ggml's context, graph and allocator, as measured. */
const nodeBytes = 1000;

/** Multiplications after which computing may be interrupted, and nodes that have few of them. */
const workBetweenPauses = 0.7e9;
const nodesBetweenPauses = 400;

/** One graph with its inputs, from tokens to the gradients of A and B. */
export class Pass {
	readonly kind: PassKind;
	readonly #c: PassContext;
	readonly #context: Pointer;
	readonly #graph: Pointer;
	/** Multiplications of the nodes that have most of them. */
	readonly #work: ReadonlyMap<Pointer, number>;
	readonly #inputs: Record<'tokens' | 'positions' | 'mask' | 'rows' | 'targets', Pointer>;
	readonly #windowMask: Pointer | null;
	/** Factor of each row's gradient. */
	readonly #rowFactors: Pointer | null;
	#pairInputs: Record<'signs' | 'signsTransposed' | 'references' | 'share', Pointer> | null = null;
	/** Of the rows, in parts one after another. */
	readonly #logProbabilities: Pointer[] = [];
	readonly #divergences: Pointer[] = [];
	readonly #margins: Pointer | null;
	readonly #dropout = new Map<string, { node: Pointer; length: number }>();
	#pieces: Pointer[] = [];
	#piecesContext: Pointer | null = null;

	constructor(c: PassContext, kind: PassKind) {
		this.#c = c;
		this.kind = kind;
		const { engine, model, teacher, objective } = c;
		const { ggml: g } = engine;
		const { tokens, tiles, rows } = kind;
		const layers = model.shape.layers + (teacher?.shape.layers ?? 0);
		const most = c.rowsAtOnce ?? rowsAtOnce(model);
		const parts = Math.ceil(rows / most);
		const pieces = Math.ceil(Math.max(model.shape.vocabulary, teacher?.shape.vocabulary ?? 0) / pieceRows);
		const split = nodesPerPart * Math.ceil(((layerWork(model) + layerWork(teacher)) * tokens) / longestWork);
		const capacity =
			layers * (nodesPerLayer + nodesPerTile * tiles.length) +
			parts * (100 + 30 * pieces) +
			(split > layers * nodesPerPart ? split : 0) +
			nodesOutside;
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
			mask: vector(types.f32, maskLength(tiles)),
			rows: vector(types.i32, rows),
			targets: matrix(types.i32, 1, rows),
		};
		this.#windowMask = model.shape.window === null ? null : vector(types.f32, maskLength(tiles));
		const tape = new Tape(g, context, this.#graph, c.exact, c.engine.fastBf16);
		this.#work = tape.work;
		const train = kind.purpose === 'train';
		const masked = (mask: Pointer): MaskedTile[] => {
			let offset = 0;
			return tiles.map((tile) => {
				const { count, keys } = tile;
				const part = g.ggml_view_2d(context, mask, keys, count, keys * 4, offset * 4);
				offset += keys * count;
				return { ...tile, mask: part };
			});
		};
		const shared = {
			...this.#inputs,
			count: tokens,
			tiles: masked(this.#inputs.mask),
			windowTiles: this.#windowMask === null ? null : masked(this.#windowMask),
		};
		const withDropout = train && c.settings.dropout > 0;
		const inputs: ForwardInputs = {
			...shared,
			lora: kind.purpose === 'base' ? () => null : c.lora.pair,
			dropout: withDropout ? (weight, width) => this.#dropoutMask(weight, width, matrix) : null,
			recompute: train && c.recompute,
		};
		const output = (node: Pointer): Pointer => {
			g.ggml_set_output(node);
			tape.expand(node);
			return node;
		};
		const hidden = tape.rows(buildHidden(tape, model, inputs), this.#inputs.rows, rows);
		const normed = tape.rmsNorm(hidden, model.outer.norm, model.shape.epsilon);
		const theirNormed = kind.purpose === 'base' ? null : this.#teacherRows(tape, { ...inputs, recompute: false });
		const withFactors = train && objective.kind !== 'preference';
		this.#rowFactors = withFactors ? matrix(types.f32, 1, rows) : null;
		const backs: Pointer[] = [];
		for (const { start, count } of evenParts(rows, parts)) {
			const part = (node: Pointer, width: number): Pointer =>
				g.ggml_view_2d(context, node, width, count, width * 4, start * width * 4);
			const head = buildHead(
				tape,
				model,
				part(normed.node, model.shape.width),
				part(this.#inputs.targets, 1),
				count,
				objective,
				theirNormed === null || teacher === null
					? null
					: { model: teacher, normed: part(theirNormed, teacher.shape.width) },
			);
			this.#logProbabilities.push(output(head.logProbabilities));
			if (head.divergences !== null) this.#divergences.push(output(head.divergences));
			if (!train) continue;
			const back = tape.multiplyTransposed(model.outer.output, head.towards(), count);
			tape.expand(back);
			backs.push(back);
		}
		let margins: Pointer | null = null;
		if (train) {
			// Multiplied behind the output matrix, where a row is short; and those of pairs need all rows first.
			let factors = this.#rowFactors;
			if (factors === null) {
				const pairs = this.#preferenceFactors(tape, tape.joined(this.#logProbabilities, 1), matrix);
				margins = output(pairs.margins);
				({ factors } = pairs);
			}
			const weighted = g.ggml_mul(context, tape.joined(backs, 1), g.ggml_reshape_4d(context, factors, 1, rows, 1, 1));
			tape.give(normed, g.ggml_scale(context, weighted, model.shape.logitScale));
			tape.backward();
		}
		this.#margins = margins;
		const used = g.ggml_graph_n_nodes(this.#graph);
		if (used > capacity * 0.9) throw new Error(`a pass has ${used} nodes, more than expected`);
	}

	/** Number of nodes in the graph. */
	get nodes(): number {
		return this.#c.engine.ggml.ggml_graph_n_nodes(this.#graph);
	}

	/** Builds the teacher's normed hidden values of the scored rows; null without a teacher. */
	#teacherRows(tape: Tape, inputs: ForwardInputs): Pointer | null {
		const { teacher } = this.#c;
		if (teacher === null) return null;
		const hidden = buildHidden(tape, teacher, { ...inputs, lora: () => null, dropout: null });
		const picked = tape.rows(hidden, this.#inputs.rows, this.kind.rows);
		return tape.rmsNorm(picked, teacher.outer.norm, teacher.shape.epsilon).node;
	}

	/**
	 * Builds β · margin of each pair, and from it the factor of each row's gradient: β · σ(−margin), with the sign of its
	 * answer.
	 */
	#preferenceFactors(
		{ ggml: g, context }: Tape,
		logProbabilities: Pointer,
		matrix: (type: number, ne0: number, ne1: number) => Pointer,
	): { margins: Pointer; factors: Pointer } {
		const { rows, pairs } = this.kind;
		const { objective } = this.#c;
		const beta = objective.kind === 'preference' ? objective.beta : 1;
		const inputs = {
			signs: matrix(types.f32, rows, pairs),
			signsTransposed: matrix(types.f32, pairs, rows),
			references: matrix(types.f32, pairs, 1),
			share: matrix(types.f32, 1, 1),
		};
		this.#pairInputs = inputs;
		const sums = g.ggml_mul_mat(context, inputs.signs, g.ggml_reshape_4d(context, logProbabilities, rows, 1, 1, 1));
		const margins = g.ggml_scale(context, g.ggml_sub(context, sums, inputs.references), beta);
		const doubt = g.ggml_sigmoid(context, g.ggml_scale(context, margins, -1));
		const scaled = g.ggml_mul(context, g.ggml_scale(context, doubt, beta), inputs.share);
		return { margins, factors: g.ggml_mul_mat(context, inputs.signsTransposed, scaled) };
	}

	#dropoutMask(weight: Weight, width: number, matrix: (type: number, ne0: number, ne1: number) => Pointer): Pointer {
		const length = width * this.kind.tokens;
		const known = this.#dropout.get(weight.name) ?? { node: matrix(types.f32, width, this.kind.tokens), length };
		this.#dropout.set(weight.name, known);
		return known.node;
	}

	/** Returns the bytes that this graph and its values take together, without taking those of the values. */
	measure(): number {
		const { engine } = this.#c;
		const allocator = engine.ggml.ggml_gallocr_new(engine.bufferType);
		const sizes = new BigUint64Array(1);
		engine.ggml.ggml_gallocr_reserve_n_size(allocator, this.#graph, null, null, sizes);
		engine.ggml.ggml_gallocr_free(allocator);
		return Number(sizes[0]) + this.nodes * nodeBytes;
	}

	/** Gives the graph memory; it may be shared with passes before. Throws Failure `training-memory`. */
	allocate(allocator: Pointer): void {
		const { engine } = this.#c;
		const { ggml: g } = engine;
		if (!g.ggml_gallocr_alloc_graph(allocator, this.#graph)) throw outOfMemory();
		// Pieces of the graph in its order, so that computing can pause between them.
		const pieces: Pointer[][] = [[]];
		let work = 0;
		for (let index = 0; index < this.nodes; index += 1) {
			const node = g.ggml_graph_node(this.#graph, index);
			const piece = pieces.at(-1) ?? [];
			piece.push(node);
			work += this.#work.get(node) ?? 0;
			if (work < workBetweenPauses && piece.length < nodesBetweenPauses) continue;
			pieces.push([]);
			work = 0;
		}
		const context = engine.createContext(this.nodes + 64 * pieces.length);
		this.#piecesContext = context;
		const filled = pieces.filter(({ length }) => length > 0);
		this.#pieces = filled.map((nodes) => {
			const piece = g.ggml_new_graph_custom(context, nodes.length, false);
			for (const node of nodes) g.ggml_graph_add_node(piece, node);
			return piece;
		});
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
		const get = (nodes: readonly Pointer[]): Float32Array => {
			const parts = nodes.map((node) => new Float32Array(g.ggml_nbytes(node) / 4));
			for (const [at, node] of nodes.entries()) {
				const values = parts[at] ?? new Float32Array();
				g.ggml_backend_tensor_get(node, values, 0, values.byteLength);
			}
			return Float32Array.from(parts.flatMap((part) => [...part]));
		};
		return {
			logProbabilities: get(this.#logProbabilities),
			divergences: get(this.#divergences),
			margins: get(this.#margins === null ? [] : [this.#margins]),
		};
	}

	dispose(): void {
		const { functions } = this.#c.engine.library;
		functions.ggml_free(this.#context);
		if (this.#piecesContext !== null) functions.ggml_free(this.#piecesContext);
	}
}

/** Multiplications of one token by the weights of all layers. */
function layerWork(model: Model | null): number {
	if (model === null) return 0;
	return linearWeights(model, 'all-linear').reduce((sum, { ne: [inputs, outputs] }) => sum + inputs * outputs, 0);
}
