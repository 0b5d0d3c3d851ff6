import { adapterObstacle, adapterUnsuitable, readAdapterFacts } from '../adapters/adapter-facts.ts';
import type { LoraAdapter } from '../contract/load.ts';
import { said } from '../contract/said.ts';
import { fileMark } from '../file-mark.ts';
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

/** The same, with the `fileMark` of each file when it was read. */
export interface MarkedAdapters extends LoadedAdapters {
	readonly marks: readonly string[];
}

/** LoRA adapters of one model: each file is read once, unless it changes, and kept as long as the model. */
export class NativeAdapters {
	readonly #model: AdaptedModel;
	/** By the mark of the file: another file may have the path later. */
	readonly #loaded = new Map<string, Pointer>();

	constructor(model: AdaptedModel) {
		this.#model = model;
	}

	/** Returns the adapters for a context. Throws Failure `adapter-unsuitable` and those of `readGguf`. */
	async load(adapters: readonly LoraAdapter[]): Promise<MarkedAdapters> {
		const pointers: Pointer[] = [];
		const marks: string[] = [];
		for (const { path } of adapters) {
			const mark = fileMark(path);
			const pointer = this.#loaded.get(mark) ?? (await this.#read(path));
			if (fileMark(path) !== mark) throw adapterUnsuitable(path, said`it changed while it was read`);
			this.#loaded.set(mark, pointer);
			pointers.push(pointer);
			marks.push(mark);
		}
		return { pointers, scales: adapters.map(({ scale }) => scale), marks };
	}

	async #read(path: string): Promise<Pointer> {
		const { functions, log } = this.#model.library;
		await checkAdapter(path, this.#model.facts.path);
		log.clear();
		const pointer = functions.llama_adapter_lora_init(this.#model.pointer, path);
		if (pointer === null) throw adapterUnsuitable(path, said`llama.cpp refused it`, log.tail());
		return pointer;
	}
}
