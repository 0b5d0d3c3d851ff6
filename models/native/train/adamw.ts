import type { OptimizerSettings } from '../../contract/native/training.ts';
import type { Pointer } from '../libllama/structs.ts';
import { type Engine, types } from './ggml.ts';
import type { Lora, Region } from './lora.ts';

/** The optimizer: AdamW over A, and over B with its own learning rate (LoRA+). */
export type AdamW = {
	/** Changes A and B by their gradients; the first step is 1. */
	step(number: number, learningRate: number): Promise<void>;
	dispose(): void;
};

/** Creates the optimizer. ggml's step equals PyTorch's AdamW with decoupled weight decay. */
export function createAdamW(engine: Engine, lora: Lora, settings: OptimizerSettings, plusRatio: number): AdamW {
	const { ggml: g, library } = engine;
	const context = engine.createContext(64);
	const values = [g.ggml_new_tensor_1d(context, types.f32, 7), g.ggml_new_tensor_1d(context, types.f32, 7)] as const;
	const buffer = engine.allocate(context);
	const graph = g.ggml_new_graph_custom(context, 32, false);
	const add = ({ nodes }: Region, input: Pointer): void =>
		g.ggml_build_forward_expand(
			graph,
			g.ggml_opt_step_adamw(context, nodes.values, nodes.gradients, nodes.means, nodes.variances, input),
		);
	add(lora.a, values[0]);
	add(lora.b, values[1]);
	const allocator = g.ggml_gallocr_new(engine.bufferType);
	g.ggml_gallocr_alloc_graph(allocator, graph);
	return {
		async step(number, learningRate) {
			const { beta1, beta2, epsilon, weightDecay } = settings;
			const corrections = [1 / (1 - beta1 ** number), 1 / (1 - beta2 ** number)];
			for (const [input, rate] of [
				[values[0], learningRate],
				[values[1], learningRate * plusRatio],
			] as const) {
				const data = Float32Array.of(rate, beta1, beta2, epsilon, weightDecay, ...corrections);
				g.ggml_backend_tensor_set(input, data, 0, data.byteLength);
			}
			await engine.compute(graph);
		},
		dispose: () => {
			g.ggml_gallocr_free(allocator);
			g.ggml_backend_buffer_free(buffer);
			library.functions.ggml_free(context);
		},
	};
}

/** Returns the length of the gradient, and shortens it to `longest` if it is longer, as clip_grad_norm_ does. */
export function clipGradients({ a, b }: Lora, longest: number | null): number {
	let squares = 0;
	for (const { gradients } of [a, b]) for (const value of gradients) squares += value * value;
	const norm = Math.sqrt(squares);
	if (longest !== null && norm > longest) {
		const factor = longest / (norm + 1e-6);
		for (const { gradients } of [a, b])
			for (let at = 0; at < gradients.length; at += 1) gradients[at] = (gradients[at] ?? 0) * factor;
	}
	return norm;
}
