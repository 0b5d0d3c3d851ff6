import { Failure } from '../../contract/failure.ts';
import { said } from '../../contract/said.ts';
import type { GgufHeader } from '../../gguf/header.ts';
import { numberOf, textOf } from '../../gguf/model-facts.ts';
import type { GgufModel } from '../../gguf/read-gguf.ts';
import { tensorTypes } from '../../gguf/tensor-types.ts';

/** How an architecture differs from llama's, as in llama.cpp's src/models/<name>.cpp. */
type Architecture = {
	/** Pairs that rotary embedding rotates: neighbouring values, or the two halves of a head. */
	readonly rope: 'neighbours' | 'halves';
	readonly activation: 'silu' | 'gelu';
	/** Every such layer has no rotary embedding. */
	readonly noRopeEvery?: number;
	/** Embeddings are multiplied by the root of their width. */
	readonly embeddingRoot?: true;
	/** Every such layer sees the whole context, the others a window of it, with a rotary base of their own. */
	readonly globalEvery?: number;
	/** The header may state factors for embeddings, residuals, attention and logits. */
	readonly factors?: true;
	/** The sliding window that the header states is not used by llama.cpp either. */
	readonly windowIgnored?: true;
};

/** Mistral and SmolLM are llama's architecture in GGUF. */
const architectures: Readonly<Record<string, Architecture>> = {
	llama: { rope: 'neighbours', activation: 'silu' },
	qwen2: { rope: 'halves', activation: 'silu' },
	qwen3: { rope: 'halves', activation: 'silu' },
	gemma3: { rope: 'halves', activation: 'gelu', embeddingRoot: true, globalEvery: 6 },
	phi3: { rope: 'halves', activation: 'silu', windowIgnored: true },
	granite: { rope: 'neighbours', activation: 'silu', factors: true },
	smollm3: { rope: 'neighbours', activation: 'silu', noRopeEvery: 4 },
};

/** Names of the architectures that can be trained. */
export const trainableArchitectures: readonly string[] = Object.keys(architectures);

/** What a header says about the computation of a model. */
export type ModelShape = {
	readonly architecture: string;
	readonly layers: number;
	readonly width: number;
	readonly heads: number;
	/** Heads that keys and values have. */
	readonly sharedHeads: number;
	readonly headWidth: number;
	readonly feedForward: number;
	readonly vocabulary: number;
	readonly contextLength: number;
	readonly epsilon: number;
	readonly activation: 'silu' | 'gelu';
	readonly ropeMode: 0 | 2;
	readonly ropeDimensions: number;
	readonly ropeOriginalContext: number;
	readonly ropeAttention: number;
	readonly embeddingScale: number;
	readonly residualScale: number;
	readonly attentionScale: number;
	readonly logitScale: number;
	/** Tokens that a layer with a window sees, itself included; null: there are none. */
	readonly window: number | null;
	readonly layer: (index: number) => {
		readonly windowed: boolean;
		/** null: no rotary embedding. */
		readonly rope: { readonly base: number; readonly scale: number } | null;
	};
};

/** Types whose values ggml unpacks. */
const readableTypes = /^(F32|F16|BF16|Q[458]_[01]|Q[2-6]_K|IQ[1-4]_(XXS|XS|S|M|NL)|TQ[12]_0|MXFP4)$/;

/** Weights that the graph of forward.ts uses. */
const knownWeights =
	/^(token_embd\.weight|output_norm\.weight|output\.(weight|bias)|rope_freqs\.weight|rope_factors_(long|short)\.weight|blk\.\d+\.((attn_norm|attn_q_norm|attn_k_norm|post_attention_norm|ffn_norm|post_ffw_norm|rope_freqs|rope_factors_long|rope_factors_short)\.weight|(attn_q|attn_k|attn_v|attn_qkv|attn_output|ffn_gate|ffn_up|ffn_down)\.(weight|bias)))$/;

function unsupported(reason: string): Failure {
	return new Failure({
		code: 'training-architecture-unsupported',
		message: said`This model can’t be trained here: ${reason}.`,
		next: [
			said`Choose a model of one of these architectures: ${trainableArchitectures.join(', ')}`,
			said`Export the data and train with another program`,
		],
	});
}

/** Throws if the header asks for a computation that training does not have; it would train another model. */
function checkComputation(header: GgufHeader, name: string): void {
	const strange = header.tensors.find((tensor) => !knownWeights.test(tensor.name));
	if (strange !== undefined)
		throw unsupported(`it has weights called ${strange.name.slice(0, 80)}, of a kind that training does not know`);
	const unreadable = header.tensors.find(({ type }) => !readableTypes.test(type));
	if (unreadable !== undefined) throw unsupported(`its weights have the type ${unreadable.type}`);
	for (const { name: weight, type, dimensions } of header.tensors) {
		const [inputs = 1] = dimensions;
		const block = Object.values(tensorTypes).find((known) => known.name === type)?.block ?? 1;
		// ggml ends the process where it finds something else.
		if (dimensions.length > 2 || inputs % block !== 0) throw unsupported(`its weights ${weight} have a strange shape`);
		if (dimensions.length < 2 && type !== 'F32') throw unsupported(`its weights ${weight} have the type ${type}`);
	}
	for (const key of ['expert_count', 'final_logit_softcapping', 'attn_logit_softcapping', 'attention.clamp_kqv']) {
		if ((numberOf(header, `${name}.${key}`) ?? 0) !== 0) throw unsupported(`it uses ${key}`);
	}
	if (header.metadata.get(`${name}.attention.causal`) === false) throw unsupported('it reads text in both directions');
	const scaling = textOf(header, `${name}.rope.scaling.type`);
	if (scaling === 'yarn') throw unsupported('its positions are scaled by YaRN');
}

/** Reads the shape of a model. Throws Failure `training-architecture-unsupported` with the reason. */
export function readShape({ header, facts }: Pick<GgufModel, 'header' | 'facts'>): ModelShape {
	const name = facts.architecture;
	const architecture = Object.hasOwn(architectures, name) ? architectures[name] : undefined;
	if (facts.kind !== 'model') throw unsupported('it is not a language model');
	if (architecture === undefined) throw unsupported(`its architecture is ${name.slice(0, 80)}`);
	checkComputation(header, name);
	const number = (key: string): number | null => {
		const value = header.metadata.get(`${name}.${key}`);
		if (Array.isArray(value)) {
			if (value.some((item) => item !== value[0])) throw unsupported(`its layers differ in ${key}`);
			return value[0] === undefined ? null : Number(value[0]);
		}
		return numberOf(header, `${name}.${key}`);
	};
	const need = (key: string): number => {
		const value = number(key);
		if (value === null || !(value > 0)) throw unsupported(`its header lacks ${key}`);
		return value;
	};
	const [width, layers, heads] = [need('embedding_length'), need('block_count'), need('attention.head_count')];
	const headWidth = number('attention.key_length') ?? width / heads;
	if ((number('attention.value_length') ?? width / heads) !== headWidth)
		throw unsupported('its keys and values differ in width');
	const sharedHeads = number('attention.head_count_kv') ?? heads;
	const ropeDimensions = number('rope.dimension_count') ?? headWidth;
	if (
		!Number.isInteger(headWidth) ||
		heads % sharedHeads !== 0 ||
		ropeDimensions > headWidth ||
		ropeDimensions % 2 !== 0
	) {
		throw unsupported('its attention heads have no whole sizes');
	}
	const contextLength = need('context_length');
	const base = number('rope.freq_base') ?? 10_000;
	const factor = number('rope.scaling.factor') ?? number('rope.scale_linear') ?? 0;
	const scale = factor === 0 || textOf(header, `${name}.rope.scaling.type`) === 'none' ? 1 : 1 / factor;
	const { globalEvery, noRopeEvery } = architecture;
	const stated = architecture.windowIgnored === true ? 0 : (number('attention.sliding_window') ?? 0);
	const window = globalEvery !== undefined && stated > 0 ? stated : null;
	const period = number('attention.sliding_window_pattern') ?? globalEvery ?? 1;
	const localBase = number('rope.freq_base_swa') ?? 10_000;
	// llama.cpp recognises Gemma 3 27B by its layers.
	const attentionWidth = name === 'gemma3' && layers === 62 ? width / heads : headWidth;
	const factorOf = (key: string): number => (architecture.factors === true && number(key)) || 1;
	return {
		architecture: name,
		layers,
		width,
		heads,
		sharedHeads,
		headWidth,
		feedForward: need('feed_forward_length'),
		vocabulary: header.tensors.find((tensor) => tensor.name === 'token_embd.weight')?.dimensions[1] ?? 0,
		contextLength,
		epsilon: number('attention.layer_norm_rms_epsilon') ?? 1e-5,
		activation: architecture.activation,
		ropeMode: architecture.rope === 'halves' ? 2 : 0,
		ropeDimensions,
		ropeOriginalContext: number('rope.scaling.original_context_length') ?? contextLength,
		ropeAttention: number('rope.scaling.attn_factor') ?? 1,
		embeddingScale: architecture.embeddingRoot === true ? Math.fround(Math.sqrt(width)) : factorOf('embedding_scale'),
		residualScale: factorOf('residual_scale'),
		attentionScale: (architecture.factors === true && number('attention.scale')) || 1 / Math.sqrt(attentionWidth),
		logitScale: 1 / factorOf('logit_scale'),
		window,
		layer: (index) => {
			const windowed = window !== null && index % period < period - 1;
			const rotated = noRopeEvery === undefined || (index + 1) % noRopeEvery !== 0;
			return { windowed, rope: rotated ? (windowed ? { base: localBase, scale: 1 } : { base, scale }) : null };
		},
	};
}
