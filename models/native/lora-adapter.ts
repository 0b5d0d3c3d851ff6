import { basename } from 'node:path';
import { Failure } from '../contract/failure.ts';
import type { LoraAdapter } from '../contract/load.ts';
import { said } from '../contract/said.ts';
import { textOf } from '../gguf/model-facts.ts';
import { readGguf } from '../gguf/read-gguf.ts';
import type { Pointer } from './libllama/structs.ts';
import type { NativeModel } from './model.ts';

/** Explains why a file can't be used as a LoRA adapter of the model. */
export function adapterUnsuitable(path: string, reason: string, detail?: string): Failure {
	return new Failure({
		code: 'adapter-unsuitable',
		message: said`The LoRA adapter ${basename(path)} can't be used here: ${reason}.`,
		next: [
			said`Choose an adapter made for this model`,
			said`Convert it again with convert_lora_to_gguf.py of llama.cpp`,
			said`Load the model without the adapter`,
		],
		...(detail === undefined ? {} : { detail }),
	});
}

/**
 * Throws if the file is truncated or not a LoRA adapter for this architecture: llama.cpp only receives files with a
 * valid header.
 */
export async function checkAdapter(path: string, architecture: string): Promise<void> {
	const { facts, header, problem } = await readGguf(path);
	if (problem !== null) throw problem;
	if (facts.kind !== 'adapter') throw adapterUnsuitable(path, 'it is a model, not an adapter');
	const type = textOf(header, 'adapter.type');
	if (type !== 'lora') throw adapterUnsuitable(path, `it is an adapter of the kind “${type ?? 'unknown'}”, not LoRA`);
	if (facts.architecture !== architecture) {
		throw adapterUnsuitable(
			path,
			`it was made for the architecture “${facts.architecture}”, the model is “${architecture}”`,
		);
	}
	const names = new Set(header.tensors.map(({ name }) => name));
	if (names.size === 0) throw adapterUnsuitable(path, 'it holds no weights');
	for (const name of names) {
		const other = name.endsWith('.lora_a') ? name.replace(/a$/, 'b') : name.replace(/b$/, 'a');
		if (!/\.lora_[ab]$/.test(name) || !names.has(other))
			throw adapterUnsuitable(path, `the weights “${name}” have no pair`);
	}
}

/** LoRA adapters of one model: each file is read once and kept as long as the model. */
export class NativeAdapters {
	readonly #model: NativeModel;
	readonly #loaded = new Map<string, Pointer>();

	constructor(model: NativeModel) {
		this.#model = model;
	}

	/** Returns the adapters for a context. Throws Failure `adapter-unsuitable` and those of `readGguf`. */
	async load(adapters: readonly LoraAdapter[]): Promise<{ pointers: Pointer[]; scales: number[] }> {
		const { functions, log } = this.#model.library;
		const pointers: Pointer[] = [];
		for (const { path } of adapters) {
			let pointer = this.#loaded.get(path) ?? null;
			if (pointer === null) {
				await checkAdapter(path, this.#model.facts.architecture);
				log.clear();
				pointer = functions.llama_adapter_lora_init(this.#model.pointer, path);
				if (pointer === null) throw adapterUnsuitable(path, 'llama.cpp refused it', log.tail());
				this.#loaded.set(path, pointer);
			}
			pointers.push(pointer);
		}
		return { pointers, scales: adapters.map(({ scale }) => scale) };
	}
}
