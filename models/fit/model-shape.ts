import type { GgufHeader, GgufValue } from '../gguf/header.ts';
import { countOf, lengthOf, textOf } from '../gguf/model-facts.ts';

/** State that a layer keeps for every token of the context. */
export interface LayerShape {
	/** Values of one token's keys and values; 0: this layer keeps none. */
	readonly keyLength: number;
	readonly valueLength: number;
	/** Attends only within the sliding window. */
	readonly sliding: boolean;
	/** Values of a state that does not grow with the context (Mamba and similar). */
	readonly stateLength: number;
}

/** Facts that determine the memory of a loaded model. */
export interface ModelShape {
	readonly architecture: string;
	/** Tokens; null: not in the header. */
	readonly trainedContext: number | null;
	readonly layers: readonly LayerShape[];
	readonly embeddingLength: number;
	/** The widest of all layers. */
	readonly feedForwardLength: number;
	readonly heads: number;
	/** The longest head, values. */
	readonly headLength: number;
	readonly vocabularySize: number;
	/** Merges of the byte-pair tokenizer. */
	readonly merges: number;
	/** Window of a sliding layer, in tokens; 0: no layer slides. */
	readonly slidingWindow: number;
	readonly tensors: readonly {
		readonly name: string;
		readonly type: string;
		readonly bytes: number;
		readonly dimensions: readonly number[];
	}[];
	/** Size of the weights' second copies by the engine's log of an earlier load on the processor, bytes; absent: computed. */
	readonly loggedCopyBytes?: number;
}

const numbersOf = (value: GgufValue | undefined): readonly number[] | null =>
	Array.isArray(value) ? value.map(Number) : null;

/**
 * Every n-th layer attends to everything if the header does not list them: `swa_period` in llama.cpp's src/models.
 * Other models have a list in the header.
 */
const slidingPeriods: Readonly<Record<string, { readonly period: number; readonly denseFirst?: boolean }>> = {
	gemma2: { period: 2 },
	gemma3: { period: 6 },
	gemma3n: { period: 5 },
	'gemma-embedding': { period: 6 },
	cohere2: { period: 4 },
	cohere2moe: { period: 4, denseFirst: true },
	llama4: { period: 4 },
	'gpt-oss': { period: 2 },
	olmo2: { period: 4 },
	exaone4: { period: 4 },
	'exaone-moe': { period: 4 },
	afmoe: { period: 4 },
	smallthinker: { period: 4, denseFirst: true },
	plamo3: { period: 8 },
};

function slidingLayers(header: GgufHeader, architecture: string, count: number): readonly boolean[] {
	const listed = header.metadata.get(`${architecture}.attention.sliding_window_pattern`);
	const flags = numbersOf(listed);
	if (flags !== null) return Array.from({ length: count }, (_, layer) => flags[layer] === 1);
	const known = slidingPeriods[architecture];
	const period = typeof listed === 'number' ? listed : known?.period;
	if (period === undefined) return Array.from({ length: count }, () => false);
	// llama_hparams::set_swa_pattern
	return Array.from({ length: count }, (_, layer) =>
		known?.denseFirst === true ? layer % period !== 0 : layer % period < period - 1,
	);
}

/** Returns the values in a recurrent layer's state: llama_hparams::n_embd_r + n_embd_s. */
function stateLengthOf(key: (name: string) => number | null, embeddingLength: number): number {
	const inner = key('ssm.inner_size') ?? 0;
	if (inner > 0) {
		const state = key('ssm.state_size') ?? 0;
		const groups = key('ssm.group_count') ?? 0;
		const kernel = key('ssm.conv_kernel') ?? 1;
		return Math.max(0, kernel - 1) * (inner + 2 * groups * state) + state * inner;
	}
	const head = key('wkv.head_size') ?? 0;
	return head === 0 ? 0 : embeddingLength * head + (key('token_shift_count') ?? 2) * embeddingLength;
}

/** Returns which layers are recurrent: those without key-value heads, or all but every n-th. */
function recurrentLayers(key: (name: string) => number | null, kvHeads: readonly number[]): readonly boolean[] {
	const interval = key('full_attention_interval');
	if (interval !== null && interval > 1) return kvHeads.map((_, layer) => (layer + 1) % interval !== 0);
	return kvHeads.map((heads) => heads === 0);
}

/** Reads the shape from a header; `header-checks.ts` has already refused absurd values. */
export function readModelShape(header: GgufHeader): ModelShape {
	const architecture = textOf(header, 'general.architecture') ?? '';
	const key = (name: string): number | null => countOf(header, `${architecture}.${name}`);
	const list = (name: string): readonly number[] | null => numbersOf(header.metadata.get(`${architecture}.${name}`));
	const count = key('block_count') ?? 0;
	const embeddingLength = key('embedding_length') ?? 0;
	const heads = key('attention.head_count') ?? 0;
	const kvHeadList = list('attention.head_count_kv');
	const kvHeads = Array.from(
		{ length: count },
		(_, layer) => (kvHeadList === null ? (key('attention.head_count_kv') ?? heads) : kvHeadList[layer]) ?? 0,
	);
	const headLength = heads > 0 ? Math.floor(embeddingLength / heads) : 0;
	const keyLength = key('attention.key_length') ?? headLength;
	const valueLength = key('attention.value_length') ?? headLength;
	const keySliding = key('attention.key_length_swa') ?? keyLength;
	const valueSliding = key('attention.value_length_swa') ?? valueLength;
	// Multi-head latent attention keeps one compressed vector and no values (llama_hparams::is_mla).
	const latent = key('attention.key_length_mla') !== null;
	const window = key('attention.sliding_window') ?? 0;
	const slides = slidingLayers(header, architecture, count);
	const state = stateLengthOf(key, embeddingLength);
	const recurrent = recurrentLayers(key, kvHeads);
	const own = count - (key('attention.shared_kv_layers') ?? 0);
	const layers = kvHeads.map((kv, layer): LayerShape => {
		const sliding = window > 0 && slides[layer] === true;
		const isRecurrent = state > 0 && (recurrent[layer] === true || kv === 0);
		// Hybrids like Falcon-H1 have both in every layer, so no layer lacks heads.
		const stateful = state > 0 && (isRecurrent || !recurrent.includes(true));
		const keeps = layer < own && !(isRecurrent && recurrent.includes(true));
		return {
			sliding,
			keyLength: keeps ? kv * (sliding ? keySliding : keyLength) : 0,
			valueLength: keeps && !latent ? kv * (sliding ? valueSliding : valueLength) : 0,
			stateLength: stateful ? state : 0,
		};
	});
	const experts = (key('expert_used_count') ?? 0) * (key('expert_feed_forward_length') ?? 0);
	return {
		architecture,
		trainedContext: key('context_length'),
		layers,
		embeddingLength,
		feedForwardLength: Math.max(key('feed_forward_length') ?? 0, experts, embeddingLength),
		heads,
		headLength: Math.max(keyLength, valueLength),
		vocabularySize: lengthOf(header.metadata.get('tokenizer.ggml.tokens')) ?? key('vocab_size') ?? 0,
		merges: lengthOf(header.metadata.get('tokenizer.ggml.merges')) ?? 0,
		slidingWindow: layers.some(({ sliding }) => sliding) ? window : 0,
		tensors: header.tensors.map(({ name, type, bytes, dimensions }) => ({ name, type, bytes, dimensions })),
	};
}
