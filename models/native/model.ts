import { Failure } from '../contract/failure.ts';
import { obstacle, readGgufFacts } from '../library/gguf.ts';
import type { NativeLibrary } from './library/open.ts';
import type { Pointer } from './library/structs.ts';

export type ModelFacts = {
	path: string;
	architecture: string;
	/** llama.cpp's description, e.g. "llama 135M Q4_1". */
	description: string;
	parameters: number;
	/** Of all tensors, in bytes. */
	sizeBytes: number;
	layers: number;
	embeddingLength: number;
	trainedContextLength: number;
	vocabularySize: number;
};

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
	/** Token that starts a text, or null where the model's tokenizer adds none. */
	readonly startToken: number | null;
	/** What stands before an empty context: the start token even where the tokenizer adds none, or the end token. */
	readonly prefixToken: number;

	private constructor(library: NativeLibrary, path: string, pointer: Pointer, architecture: string) {
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
			architecture,
			description: textOf((buffer, size) => functions.llama_model_desc(pointer, buffer, size)),
			parameters: functions.llama_model_n_params(pointer),
			sizeBytes: functions.llama_model_size(pointer),
			layers: functions.llama_model_n_layer(pointer),
			embeddingLength: functions.llama_model_n_embd(pointer),
			trainedContextLength: functions.llama_model_n_ctx_train(pointer),
			vocabularySize: functions.llama_vocab_n_tokens(this.vocabulary),
		};
	}

	/**
	 * Loads a GGUF file; its header is checked first. `checkTensors` reads every weight and refuses NaN and infinities.
	 * Throws the Failures of `readGgufFacts` and `obstacle`, and `model-load-failed` with llama.cpp's reason.
	 */
	static async load(library: NativeLibrary, path: string, checkTensors = true): Promise<NativeModel> {
		const facts = await readGgufFacts(path);
		const problem = obstacle(facts);
		if (problem !== null) throw problem;
		library.log.clear();
		const params = { ...library.functions.llama_model_default_params(), n_gpu_layers: 0, check_tensors: checkTensors };
		const pointer = await new Promise<Pointer | null>((resolve, reject) => {
			library.functions.llama_model_load_from_file.async(path, params, (error: Error | null, result) => {
				if (error === null) resolve(result);
				else reject(error);
			});
		});
		if (pointer === null) {
			throw new Failure({
				code: 'model-load-failed',
				message: `The engine could not load ${path}.`,
				next: ['Check the file with “Inspect”', 'Download it again', 'Choose another file'],
				detail: library.log.tail(),
			});
		}
		return new NativeModel(library, path, pointer, facts.architecture);
	}

	/**
	 * Tokens of UTF-8 text. `special` adds the tokenizer's start token. Special tokens in the text stay plain text unless
	 * `parseSpecial` says that it is a rendered template.
	 */
	tokenize(text: Uint8Array, special: boolean, parseSpecial = false): Int32Array {
		const { functions } = this.library;
		if (text.length === 0 && !special) return new Int32Array(0);
		// Never more tokens than bytes, besides a start and an end token.
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

	free(): void {
		this.library.functions.llama_model_free(this.pointer);
	}
}
