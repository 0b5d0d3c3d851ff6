import { adapterObstacle, adapterUnsuitable, readAdapterFacts } from '../adapters/adapter-facts.ts';
import type { LoraAdapter } from '../contract/load.ts';
import { said } from '../contract/said.ts';
import { readGguf } from '../gguf/read-gguf.ts';
import type { NativeLibrary } from './libllama/open-library.ts';
import type { Pointer } from './libllama/structs.ts';

/**
 * Throws if the file is truncated or not a LoRA adapter of this model: llama.cpp only receives files that it can use. Some
 * others would end the process.
 */
export async function checkAdapter(path: string, modelPath: string): Promise<void> {
	const obstacle = adapterObstacle(await readAdapterFacts(path), (await readGguf(modelPath)).header);
	if (obstacle !== null) throw adapterUnsuitable(path, obstacle);
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
	readonly facts: { readonly path: string };
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
				await checkAdapter(path, this.#model.facts.path);
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
