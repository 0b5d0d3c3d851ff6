import { adapterUnsuitable, readAdapterFacts } from '../adapters/adapter-facts.ts';
import type { LoraAdapter } from '../contract/load.ts';
import { said } from '../contract/said.ts';
import type { NativeLibrary } from './libllama/open-library.ts';
import type { Pointer } from './libllama/structs.ts';

/**
 * Throws if the file is truncated or not a LoRA adapter for this architecture: llama.cpp only receives files with a
 * valid header.
 */
export async function checkAdapter(path: string, architecture: string): Promise<void> {
	const facts = await readAdapterFacts(path);
	if (facts.architecture === architecture) return;
	throw adapterUnsuitable(
		path,
		said`it was made for the architecture “${facts.architecture}”, the model is “${architecture}”`,
	);
}

/** Adapters as llama.cpp takes them. */
export interface LoadedAdapters {
	readonly pointers: readonly Pointer[];
	readonly scales: readonly number[];
}

/** What adapters need of their model. */
interface AdaptedModel {
	readonly library: NativeLibrary;
	readonly pointer: Pointer;
	readonly facts: { readonly architecture: string };
}

/** LoRA adapters of one model: each file is read once and kept as long as the model. */
export class NativeAdapters {
	readonly #model: AdaptedModel;
	readonly #loaded = new Map<string, Pointer>();

	constructor(model: AdaptedModel) {
		this.#model = model;
	}

	/** Returns the adapters for a context. Throws Failure `adapter-unsuitable` and those of `readGguf`. */
	async load(adapters: readonly LoraAdapter[]): Promise<LoadedAdapters> {
		const { functions, log } = this.#model.library;
		const pointers: Pointer[] = [];
		for (const { path } of adapters) {
			let pointer = this.#loaded.get(path) ?? null;
			if (pointer === null) {
				await checkAdapter(path, this.#model.facts.architecture);
				log.clear();
				pointer = functions.llama_adapter_lora_init(this.#model.pointer, path);
				if (pointer === null) throw adapterUnsuitable(path, said`llama.cpp refused it`, log.tail());
				this.#loaded.set(path, pointer);
			}
			pointers.push(pointer);
		}
		return { pointers, scales: adapters.map(({ scale }) => scale) };
	}
}
