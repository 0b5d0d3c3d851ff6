import { phrase } from '../contract/message-syntax.ts';
/** A good small model and the location of its files. A file's size and hash are read from the hub at download time. */
export interface CuratedModel {
	readonly id: string;
	readonly name: string;
	/** What it is good for and why it is in the catalogue. */
	readonly description: string;
	/** SPDX identifier, or the name of the publisher's own licence. */
	readonly license: string;
	/** Number of weights, as stated by its maker. */
	readonly parameters: number;
	/** Trained context length, tokens. */
	readonly contextLength: number;
	/** "owner/name" on the hub. */
	readonly repository: string;
	/** The file to download, if the repository has it. */
	readonly quantization: string;
}

/**
 * Chosen for laptops: at most 8 billion weights, a licence that permits use, instruction-tuned, files accessible
 * without an account. Smallest first. The repositories existed, to our knowledge, when this was written on a machine
 * that reaches no hub; a repository that is gone fails with a clear message.
 */
export const curatedModels: readonly CuratedModel[] = [
	{
		id: 'smollm2-360m-instruct',
		name: 'SmolLM2 360M Instruct',
		description: phrase(
			'Instant short answers on any computer. The next size up from the starter, with little knowledge.',
		),
		license: 'Apache-2.0',
		parameters: 361_821_120,
		contextLength: 8_192,
		repository: 'HuggingFaceTB/SmolLM2-360M-Instruct-GGUF',
		quantization: 'Q8_0',
	},
	{
		id: 'qwen2.5-0.5b-instruct',
		name: 'Qwen2.5 0.5B Instruct',
		description: phrase(
			'The smallest model here that follows instructions in about thirty languages. Good for quick prompt tests.',
		),
		license: 'Apache-2.0',
		parameters: 494_032_768,
		contextLength: 32_768,
		repository: 'Qwen/Qwen2.5-0.5B-Instruct-GGUF',
		quantization: 'Q8_0',
	},
	{
		id: 'gemma-3-1b-it',
		name: 'Gemma 3 1B',
		description: phrase('Writes fluently for its size, in many languages. Text only.'),
		license: 'Gemma terms',
		parameters: 999_885_952,
		contextLength: 32_768,
		repository: 'bartowski/google_gemma-3-1b-it-GGUF',
		quantization: 'Q8_0',
	},
	{
		id: 'llama-3.2-1b-instruct',
		name: 'Llama 3.2 1B Instruct',
		description: phrase('Summarises and rewrites long texts with little memory.'),
		license: 'Llama 3.2 Community',
		parameters: 1_235_814_400,
		contextLength: 131_072,
		repository: 'bartowski/Llama-3.2-1B-Instruct-GGUF',
		quantization: 'Q8_0',
	},
	{
		id: 'qwen2.5-coder-1.5b-instruct',
		name: 'Qwen2.5 Coder 1.5B Instruct',
		description: phrase('Code in most languages: explains, completes, writes tests.'),
		license: 'Apache-2.0',
		parameters: 1_543_714_304,
		contextLength: 32_768,
		repository: 'Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF',
		quantization: 'Q4_K_M',
	},
	{
		id: 'smollm2-1.7b-instruct',
		name: 'SmolLM2 1.7B Instruct',
		description: phrase('English conversation and rewriting, with a fully published training recipe.'),
		license: 'Apache-2.0',
		parameters: 1_711_376_384,
		contextLength: 8_192,
		repository: 'HuggingFaceTB/SmolLM2-1.7B-Instruct-GGUF',
		quantization: 'Q4_K_M',
	},
	{
		id: 'qwen3-1.7b',
		name: 'Qwen3 1.7B',
		description: phrase('Optional reasoning before answers: arithmetic, logic, many languages.'),
		license: 'Apache-2.0',
		parameters: 1_720_574_976,
		contextLength: 32_768,
		repository: 'bartowski/Qwen_Qwen3-1.7B-GGUF',
		quantization: 'Q4_K_M',
	},
	{
		id: 'granite-3.3-2b-instruct',
		name: 'Granite 3.3 2B Instruct',
		description: phrase('Document work: summaries, extraction, answers from a given text.'),
		license: 'Apache-2.0',
		parameters: 2_533_539_840,
		contextLength: 131_072,
		repository: 'ibm-granite/granite-3.3-2b-instruct-GGUF',
		quantization: 'Q4_K_M',
	},
	{
		id: 'llama-3.2-3b-instruct',
		name: 'Llama 3.2 3B Instruct',
		description: phrase('A dependable all-rounder for 8 GB of memory, with a long context.'),
		license: 'Llama 3.2 Community',
		parameters: 3_212_749_888,
		contextLength: 131_072,
		repository: 'bartowski/Llama-3.2-3B-Instruct-GGUF',
		quantization: 'Q4_K_M',
	},
	{
		id: 'phi-4-mini-instruct',
		name: 'Phi-4 mini Instruct',
		description: phrase('Strong at mathematics and step-by-step questions for its size, mostly in English.'),
		license: 'MIT',
		parameters: 3_836_021_760,
		contextLength: 131_072,
		repository: 'bartowski/microsoft_Phi-4-mini-instruct-GGUF',
		quantization: 'Q4_K_M',
	},
	{
		id: 'gemma-3-4b-it',
		name: 'Gemma 3 4B',
		description: phrase('Writes and translates well in many languages. Text only in Assay.'),
		license: 'Gemma terms',
		parameters: 3_880_099_328,
		contextLength: 131_072,
		repository: 'bartowski/google_gemma-3-4b-it-GGUF',
		quantization: 'Q4_K_M',
	},
	{
		id: 'qwen3-4b',
		name: 'Qwen3 4B',
		description: phrase('The strongest reasoning in this list for 8 GB of memory, at the cost of time.'),
		license: 'Apache-2.0',
		parameters: 4_022_468_096,
		contextLength: 32_768,
		repository: 'bartowski/Qwen_Qwen3-4B-GGUF',
		quantization: 'Q4_K_M',
	},
	{
		id: 'mistral-7b-instruct-v0.3',
		name: 'Mistral 7B Instruct v0.3',
		description: phrase('A well-known, widely measured 7B model: a baseline for comparisons.'),
		license: 'Apache-2.0',
		parameters: 7_248_023_552,
		contextLength: 32_768,
		repository: 'bartowski/Mistral-7B-Instruct-v0.3-GGUF',
		quantization: 'Q4_K_M',
	},
	{
		id: 'qwen3-8b',
		name: 'Qwen3 8B',
		description: phrase('For 16 GB of memory: the most capable model in this list, with optional reasoning.'),
		license: 'Apache-2.0',
		parameters: 8_190_735_360,
		contextLength: 32_768,
		repository: 'bartowski/Qwen_Qwen3-8B-GGUF',
		quantization: 'Q4_K_M',
	},
];
