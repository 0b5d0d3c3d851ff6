import { writeFileSync } from 'node:fs';
import { type GgufTestTensor, type GgufTestValue, ggufBytes } from './gguf-bytes.ts';

export interface TinyLoraOptions {
	readonly architecture?: string;
	/** Value of `adapter.type`. */
	readonly type?: string;
	readonly rank?: number;
	/** Names of the weights to change; those of `writeTinyGguf` are 64 by 64. */
	readonly weights?: readonly string[];
	/** Width of the weights that the adapter fits. */
	readonly width?: number;
	readonly tensors?: (tensors: readonly GgufTestTensor[]) => readonly GgufTestTensor[];
	readonly metadata?: Readonly<Record<string, GgufTestValue>>;
}

/** Writes a LoRA adapter that changes the answers of `writeTinyGguf`'s model, and returns the path. */
export function writeTinyLora(path: string, options: TinyLoraOptions = {}): string {
	const { rank = 4, width = 64, weights = ['blk.0.attn_q.weight', 'blk.1.attn_output.weight'] } = options;
	const values = (count: number, phase: number): Uint8Array =>
		new Uint8Array(Float32Array.from({ length: count }, (_, index) => Math.sin(index + phase)).buffer);
	const tensors: GgufTestTensor[] = weights.flatMap((name, index) => [
		{ name: `${name}.lora_a`, dimensions: [width, rank], type: 0, data: values(width * rank, index) },
		{ name: `${name}.lora_b`, dimensions: [rank, width], type: 0, data: values(width * rank, index + 7) },
	]);
	const metadata = new Map<string, GgufTestValue>([
		['general.type', { type: 'string', value: 'adapter' }],
		['general.architecture', { type: 'string', value: options.architecture ?? 'llama' }],
		['adapter.type', { type: 'string', value: options.type ?? 'lora' }],
		['adapter.lora.alpha', { type: 'float32', value: rank }],
		...Object.entries(options.metadata ?? {}),
	]);
	writeFileSync(path, ggufBytes({ metadata, tensors: options.tensors?.(tensors) ?? tensors }));
	return path;
}
