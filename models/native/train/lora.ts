import { Failure } from '../../contract/failure.ts';
import type { LoraSettings } from '../../contract/native/training.ts';
import { said } from '../../contract/said.ts';
import type { Pointer } from '../libllama/structs.ts';
import { linearWeights, type Model } from './forward.ts';
import { type Engine, types } from './ggml.ts';
import { randomSource } from './random.ts';
import type { LoraPair } from './tape.ts';
import type { Nowhere, Weight } from './weights.ts';

/** All A, or all B, one after another, with what the optimizer keeps of them. */
export type Region = {
	readonly nodes: {
		readonly values: Pointer;
		readonly gradients: Pointer;
		readonly means: Pointer;
		readonly variances: Pointer;
	};
	/** Views of the nodes' memory. */
	readonly values: Float32Array<ArrayBuffer>;
	readonly gradients: Float32Array<ArrayBuffer>;
	readonly means: Float32Array<ArrayBuffer>;
	readonly variances: Float32Array<ArrayBuffer>;
};

/** Where the values of one A and one B are in their regions. */
type Places = Readonly<Record<'a' | 'b', { readonly from: number; readonly to: number }>>;

/** What is trained. */
export type Lora = {
	readonly modules: readonly { readonly weight: Weight; readonly pair: LoraPair; readonly places: Places }[];
	readonly pair: (weight: Weight) => LoraPair | null;
	readonly a: Region;
	readonly b: Region;
	readonly bytes: number;
	/** Number of trained values. */
	readonly parameters: number;
	dispose(): void;
};

/** Returns the factor of B·A. */
export function scaleOf({ alpha, rank, rankStabilised }: LoraSettings): number {
	return rankStabilised ? alpha / Math.sqrt(rank) : alpha / rank;
}

/**
 * Throws Failure `training-rank-too-large` if a chosen weight is narrower than the rank: B·A could already be any change of
 * it.
 */
function checkRank(chosen: readonly Weight[], rank: number): void {
	const narrow = chosen.find(({ ne }) => Math.min(...ne) < rank);
	if (narrow === undefined) return;
	throw new Failure({
		code: 'training-rank-too-large',
		message: said`The rank ${rank} is larger than the width of ${narrow.name}, ${Math.min(...narrow.ne)}.`,
		next: [said`Choose a smaller rank; 8 to 64 are usual`],
	});
}

/**
 * Creates A and B of the chosen weights: A uniform within ±1/√inputs as PEFT does (kaiming_uniform_ with a = √5), B zero,
 * so that training starts from the base.
 *
 * @param nowhere Takes no memory.
 */
export function createLora(
	engine: Engine,
	model: Model,
	settings: LoraSettings,
	seed: number,
	nowhere: Nowhere | null,
): Lora {
	const { ggml, library } = engine;
	const chosen = linearWeights(model, settings.modules);
	checkRank(chosen, settings.rank);
	const { rank } = settings;
	const context = engine.createContext(chosen.length * 4 + 64);
	const region = (lengths: readonly number[]): Region['nodes'] => {
		const length = lengths.reduce((sum, part) => sum + part, 0);
		const create = (): Pointer => ggml.ggml_new_tensor_1d(context, types.f32, length);
		return { values: create(), gradients: create(), means: create(), variances: create() };
	};
	const nodesA = region(chosen.map(({ ne }) => ne[0] * rank));
	const nodesB = region(chosen.map(({ ne }) => ne[1] * rank));
	for (const { values } of [nodesA, nodesB]) ggml.ggml_set_param(values);
	if (nowhere !== null) {
		for (const nodes of [nodesA, nodesB]) for (const node of Object.values(nodes)) nowhere.place(node);
	}
	const scale = scaleOf(settings);
	let [offsetA, offsetB] = [0, 0];
	const modules = chosen.map((weight) => {
		const [inputs, outputs] = weight.ne;
		const view = (node: Pointer, ne0: number, ne1: number, offset: number): Pointer =>
			ggml.ggml_view_2d(context, node, ne0, ne1, ne0 * 4, offset * 4);
		const pair: LoraPair = {
			a: view(nodesA.values, inputs, rank, offsetA),
			gradientA: view(nodesA.gradients, inputs, rank, offsetA),
			b: view(nodesB.values, rank, outputs, offsetB),
			gradientB: view(nodesB.gradients, rank, outputs, offsetB),
			scale,
		};
		const [fromA, fromB] = [offsetA, offsetB];
		offsetA += inputs * rank;
		offsetB += outputs * rank;
		return { weight, pair, places: { a: { from: fromA, to: offsetA }, b: { from: fromB, to: offsetB } } };
	});
	const buffer = nowhere === null ? engine.allocate(context) : null;
	const viewed = (nodes: Region['nodes']): Region => {
		const floats = (node: Pointer): Float32Array<ArrayBuffer> => {
			if (buffer === null) return new Float32Array();
			const { buffer: memory, byteOffset, byteLength } = engine.bytesOf(node);
			return new Float32Array(memory, byteOffset, byteLength / 4).fill(0);
		};
		return {
			nodes,
			values: floats(nodes.values),
			gradients: floats(nodes.gradients),
			means: floats(nodes.means),
			variances: floats(nodes.variances),
		};
	};
	const [a, b] = [viewed(nodesA), viewed(nodesB)];
	if (buffer !== null) {
		const random = randomSource(seed, 0);
		let at = 0;
		for (const { ne } of chosen) {
			const bound = 1 / Math.sqrt(ne[0]);
			for (const end = at + ne[0] * rank; at < end; at += 1) a.values[at] = (2 * random() - 1) * bound;
		}
	}
	const pairs = new Map(modules.map(({ weight, pair }) => [weight.name, pair]));
	const parameters = offsetA + offsetB;
	return {
		modules,
		pair: ({ name }) => pairs.get(name) ?? null,
		a,
		b,
		parameters,
		bytes: parameters * 16,
		dispose: () => {
			if (buffer !== null) ggml.ggml_backend_buffer_free(buffer);
			library.functions.ggml_free(context);
		},
	};
}
