import koffi from 'koffi';
import { Failure } from '../contract/failure.ts';
import type { LoraAdapter } from '../contract/load.ts';
import { said } from '../contract/said.ts';
import { obstacle, readGgufFacts } from '../gguf/read-gguf.ts';
import type { NativeLibrary } from './libllama/open-library.ts';
import type { Pointer } from './libllama/structs.ts';
import { memoryFailure } from './load-failure.ts';
import { type LoadedAdapters, NativeAdapters } from './lora-adapter.ts';

export type ModelFacts = {
	path: string;
	architecture: string;
	/** llama.cpp's description, for example "llama 135M Q4_1". */
	description: string;
	parameters: number;
	/** Size of all tensors, bytes. */
	sizeBytes: number;
	layers: number;
	embeddingLength: number;
	/** Attention heads of the first layer, and its key-value heads. */
	heads: number;
	kvHeads: number;
	trainedContextLength: number;
	vocabularySize: number;
};

export type OpenOptions = {
	/** Reads every weight and refuses NaN and infinities. */
	checkTensors: boolean;
	/** Maps weights from the file instead of copying them. */
	mapWeights?: boolean;
	/** Keeps weights from being swapped out. */
	lockMemory?: boolean;
	/** Loads only the tokenizer: weights stay on disk, and the model can't compute. */
	vocabularyOnly?: boolean;
	/** Layers on the GPU, counting the output as one; default 0. */
	gpuLayers?: number;
	/** LoRA adapters of every context of the model. */
	adapters?: readonly LoraAdapter[] | undefined;
	onProgress?: (fraction: number) => void;
};

/** enum llama_load_mode: the third value is both together. */
const loadMode = { map: 1, lock: 2 } as const;

/** llama_token_attr: unknown (1) and control (8). */
const controlAttributes = 1 | 8;

let progressType: ReturnType<typeof koffi.pointer> | undefined;

/** Creates llama_progress_callback; koffi allows a prototype to be declared only once. */
function progressCallback() {
	progressType ??= koffi.pointer(koffi.proto('bool', ['float', 'void *']));
	return progressType;
}

function textOf(write: (buffer: Uint8Array, size: number) => number): string {
	const buffer = new Uint8Array(256);
	const length = write(buffer, buffer.length);
	return length < 0 ? '' : Buffer.from(buffer.subarray(0, Math.min(length, buffer.length - 1))).toString('utf8');
}

/** One model loaded through llama.cpp's C API: weights and tokenizer. */
export class NativeModel {
	readonly library: NativeLibrary;
	readonly pointer: Pointer;
	readonly vocabulary: Pointer;
	readonly facts: ModelFacts;
	/** Token that starts a text; null if the model's tokenizer adds none. */
	readonly startToken: number | null;
	/** Replaces an empty context: the start token even if the tokenizer adds none, or the end token. */
	readonly prefixToken: number;
	/** Layers on the GPU, counting the output as one. */
	readonly gpuLayers: number;
	/** LoRA adapters that a new context begins with. */
	#adapters: LoadedAdapters = { pointers: [], scales: [] };

	private constructor(
		library: NativeLibrary,
		path: string,
		pointer: Pointer,
		vocabularyOnly: boolean,
		gpuLayers: number,
	) {
		const { functions } = library;
		this.library = library;
		this.pointer = pointer;
		this.vocabulary = functions.llama_model_get_vocab(pointer);
		this.startToken = functions.llama_vocab_get_add_bos(this.vocabulary)
			? functions.llama_vocab_bos(this.vocabulary)
			: null;
		const start = functions.llama_vocab_bos(this.vocabulary);
		this.prefixToken = start >= 0 ? start : functions.llama_vocab_eos(this.vocabulary);
		this.facts = {
			path,
			architecture: this.meta('general.architecture') ?? '',
			description: textOf((buffer, size) => functions.llama_model_desc(pointer, buffer, size)),
			parameters: functions.llama_model_n_params(pointer),
			sizeBytes: functions.llama_model_size(pointer),
			layers: functions.llama_model_n_layer(pointer),
			embeddingLength: functions.llama_model_n_embd(pointer),
			// llama.cpp aborts here if the shape is not loaded.
			heads: vocabularyOnly ? 0 : functions.llama_model_n_head(pointer),
			kvHeads: vocabularyOnly ? 0 : functions.llama_model_n_head_kv(pointer),
			trainedContextLength: functions.llama_model_n_ctx_train(pointer),
			vocabularySize: functions.llama_vocab_n_tokens(this.vocabulary),
		};
		this.gpuLayers = Math.min(gpuLayers, this.facts.layers + 1);
	}

	/**
	 * Loads a GGUF file after checking its header. `checkTensors` reads every weight and refuses NaN and infinities.
	 * Throws the Failures of `readGgufFacts` and `obstacle`, `model-load-failed` with llama.cpp's reason, and `adapter-unsuitable`.
	 */
	static async load(
		library: NativeLibrary,
		path: string,
		{ checkTensors = true, adapters = [], ...options }: Partial<OpenOptions> = {},
	): Promise<NativeModel> {
		const problem = obstacle(await readGgufFacts(path));
		if (problem !== null) throw problem;
		const model = await NativeModel.open(library, path, { ...options, checkTensors });
		if (model !== null) {
			if (adapters.length > 0) model.#adapters = await new NativeAdapters(model).load(adapters);
			return model;
		}
		const detail = library.log.tail();
		const memory = memoryFailure(path, detail.split('\n'));
		if (memory !== null) throw memory;
		throw new Failure({
			code: 'model-load-failed',
			message: said`The engine could not load ${path}.`,
			next: [said`Check the file: assay models inspect <file>`, said`Download it again`, said`Choose another file`],
			detail,
		});
	}

	/** Passes the file to llama.cpp unchecked; null if llama.cpp refuses it, for the reason in its log. */
	static async open(
		library: NativeLibrary,
		path: string,
		{
			checkTensors,
			mapWeights = true,
			lockMemory = false,
			vocabularyOnly = false,
			gpuLayers = 0,
			onProgress,
		}: OpenOptions,
	): Promise<NativeModel | null> {
		library.log.clear();
		const progress = koffi.register((fraction: number) => {
			onProgress?.(fraction);
			return true;
		}, progressCallback());
		const params = {
			...library.functions.llama_model_default_params(),
			n_gpu_layers: gpuLayers,
			load_mode: (mapWeights ? loadMode.map : 0) | (lockMemory ? loadMode.lock : 0),
			check_tensors: checkTensors && !vocabularyOnly,
			vocab_only: vocabularyOnly,
			progress_callback: progress,
		};
		try {
			const pointer = await new Promise<Pointer | null>((resolve, reject) => {
				library.functions.llama_model_load_from_file.async(path, params, (error: Error | null, result) => {
					if (error === null) resolve(result);
					else reject(error);
				});
			});
			return pointer === null ? null : new NativeModel(library, path, pointer, vocabularyOnly, gpuLayers);
		} finally {
			koffi.unregister(progress);
		}
	}

	get adapters(): LoadedAdapters {
		return this.#adapters;
	}

	/** Returns a scalar or text of the file's metadata; null if it is missing or a list. */
	meta(key: string): string | null {
		const { llama_model_meta_val_str: read } = this.library.functions;
		const length = read(this.pointer, key, new Uint8Array(1), 1);
		if (length < 0) return null;
		const buffer = new Uint8Array(length + 1);
		read(this.pointer, key, buffer, buffer.length);
		return Buffer.from(buffer.subarray(0, length)).toString('utf8');
	}

	/**
	 * Tokenises UTF-8 text. `special` adds the tokenizer's start token. Special tokens in the text stay plain text
	 * unless `parseSpecial` is set, for a rendered template.
	 */
	tokenize(text: Uint8Array, special: boolean, parseSpecial = false): Int32Array {
		const { functions } = this.library;
		if (text.length === 0 && !special) return new Int32Array(0);
		// Never more tokens than bytes, plus a start and an end token.
		const tokens = new Int32Array(text.length + 2);
		const count = functions.llama_tokenize(
			this.vocabulary,
			text,
			text.length,
			tokens,
			tokens.length,
			special,
			parseSpecial,
		);
		if (count < 0) throw new Error(`llama_tokenize wants ${-count} tokens for ${text.length} bytes`);
		return tokens.slice(0, count);
	}

	/**
	 * Returns the text of tokens; with `special` including that of control tokens. Bytes that are not UTF-8 become
	 * U+FFFD.
	 */
	detokenize(tokens: readonly number[], special: boolean): string {
		if (tokens.length === 0) return '';
		const { llama_detokenize: write } = this.library.functions;
		const ids = Int32Array.from(tokens);
		let text = new Uint8Array(64 + ids.length * 16);
		let length = write(this.vocabulary, ids, ids.length, text, text.length, false, special);
		if (length < 0) {
			text = new Uint8Array(-length);
			length = write(this.vocabulary, ids, ids.length, text, text.length, false, special);
		}
		return Buffer.from(text.buffer, 0, length).toString('utf8');
	}

	/** Returns the bytes of one token, which may be a part of a character; a control token shows its name. */
	bytesOf(token: number): Uint8Array {
		const { llama_token_to_piece: write } = this.library.functions;
		let bytes = new Uint8Array(64);
		let length = write(this.vocabulary, token, bytes, bytes.length, 0, true);
		if (length < 0) {
			bytes = new Uint8Array(-length);
			length = write(this.vocabulary, token, bytes, bytes.length, 0, true);
		}
		return bytes.subarray(0, length);
	}

	/** Returns the text of tokens that follow those in `before`, which determine whether it starts with a space. */
	textAfter(tokens: readonly number[], before: readonly number[], special = false): string {
		if (before.length === 0) return this.detokenize(tokens, special);
		const known = this.detokenize(before, special);
		const whole = this.detokenize([...before, ...tokens], special);
		return whole.startsWith(known) ? whole.slice(known.length) : this.detokenize(tokens, special);
	}

	/**
	 * Returns a number in the metadata of its architecture, for example `context_length`; null if the file has none.
	 */
	numberOf(key: string): number | null {
		const value = this.meta(`${this.facts.architecture}.${key}`);
		return value === null || !Number.isFinite(Number(value)) ? null : Number(value);
	}

	/** Returns whether this token ends the model's output. */
	ends(token: number): boolean {
		return this.library.functions.llama_vocab_is_eog(this.vocabulary, token);
	}

	/** Returns the texts of the tokens that start and end a text; '' if the model has none. */
	specialTexts(): { bosText: string; eosText: string } {
		const { llama_vocab_bos: bos, llama_vocab_eos: eos, llama_vocab_get_text: textOfToken } = this.library.functions;
		const read = (token: number): string => (token < 0 ? '' : (textOfToken(this.vocabulary, token) ?? ''));
		return { bosText: read(bos(this.vocabulary)), eosText: read(eos(this.vocabulary)) };
	}

	/** Returns the texts of all tokens without text of their own. */
	controlTexts(): string[] {
		const { llama_vocab_get_attr: attributes } = this.library.functions;
		const texts: string[] = [];
		for (let token = 0; token < this.facts.vocabularySize; token += 1) {
			if ((attributes(this.vocabulary, token) & controlAttributes) === 0) continue;
			texts.push(this.detokenize([token], true));
		}
		return texts;
	}

	free(): void {
		this.library.functions.llama_model_free(this.pointer);
	}
}
