/** How the weights of an architecture are named in PEFT adapters, and how GGUF files order their rows. */
export interface PeftArchitecture {
	/** PEFT's name of a module → GGUF's, within a layer. */
	readonly modules: Readonly<Record<string, string>>;
	/**
	 * Whether the rows of query and key are in another order in GGUF files: halves of each head interleaved, as
	 * convert_hf_to_gguf.py writes them (LlamaModel.permute).
	 */
	readonly permutes: boolean;
}

const plain = {
	'self_attn.q_proj': 'attn_q',
	'self_attn.k_proj': 'attn_k',
	'self_attn.v_proj': 'attn_v',
	'self_attn.o_proj': 'attn_output',
	'mlp.gate_proj': 'ffn_gate',
	'mlp.up_proj': 'ffn_up',
	'mlp.down_proj': 'ffn_down',
} as const;

/** By GGUF architecture. Mistral and SmolLM are `llama` in GGUF files. */
const architectures: Readonly<Record<string, PeftArchitecture>> = {
	llama: { modules: plain, permutes: true },
	granite: { modules: plain, permutes: true },
	smollm3: { modules: plain, permutes: true },
	qwen2: { modules: plain, permutes: false },
	qwen3: { modules: plain, permutes: false },
	gemma: { modules: plain, permutes: false },
	gemma2: { modules: plain, permutes: false },
	gemma3: { modules: plain, permutes: false },
	phi3: {
		modules: {
			'self_attn.qkv_proj': 'attn_qkv',
			'self_attn.o_proj': 'attn_output',
			'mlp.gate_up_proj': 'ffn_up',
			'mlp.down_proj': 'ffn_down',
		},
		permutes: false,
	},
};

export const knownArchitectures: readonly string[] = Object.keys(architectures);

/** null: Assay doesn't know how this architecture's weights are named. */
export function peftArchitecture(architecture: string): PeftArchitecture | null {
	return Object.hasOwn(architectures, architecture) ? (architectures[architecture] ?? null) : null;
}

/** Returns the GGUF name of a PEFT module such as "model.layers.3.self_attn.q_proj"; null: it has none. */
export function ggufNameOf({ modules }: PeftArchitecture, module: string): string | null {
	// Models that also see images keep their language part one level deeper.
	const name = module.replace(/^(?:base_model\.model\.)?(?:language_model\.)?(?:model\.)?(?:language_model\.)?/, '');
	if (name === 'lm_head') return 'output.weight';
	const [, layer, rest = ''] = /^layers\.(\d{1,4})\.(.+)$/.exec(name) ?? [];
	const found = Object.hasOwn(modules, rest) ? modules[rest] : undefined;
	return layer === undefined || found === undefined ? null : `blk.${layer}.${found}.weight`;
}

/** Returns the PEFT name of a GGUF weight; null: PEFT has none. */
export function peftNameOf({ modules }: PeftArchitecture, weight: string): string | null {
	if (weight === 'output.weight') return 'lm_head';
	const [, layer, name] = /^blk\.(\d+)\.(.+)\.weight$/.exec(weight) ?? [];
	const module = Object.entries(modules).find(([, gguf]) => gguf === name)?.[0];
	return layer === undefined || module === undefined ? null : `model.layers.${layer}.${module}`;
}

/** Returns the number of heads that a weight's rows belong to; null: their order is the same in both formats. */
export function headsOf(
	{ permutes }: PeftArchitecture,
	weight: string,
	heads: { readonly query: number; readonly key: number },
): number | null {
	if (!permutes) return null;
	if (weight.endsWith('.attn_q.weight')) return heads.query;
	return weight.endsWith('.attn_k.weight') ? heads.key : null;
}

/**
 * Puts rows in the order of GGUF files: of each head, those of its two halves in turn. `inverse`: in that of PEFT. The
 * number of rows must be a multiple of twice the heads.
 */
export function permuteRows(rows: Float32Array, count: number, heads: number, inverse = false): Float32Array {
	const width = rows.length / count;
	const half = count / heads / 2;
	const result = new Float32Array(rows.length);
	for (let head = 0; head < heads; head += 1) {
		for (let side = 0; side < 2; side += 1) {
			for (let index = 0; index < half; index += 1) {
				const apart = (head * 2 + side) * half + index;
				const inTurn = (head * half + index) * 2 + side;
				const [from, to] = inverse ? [inTurn, apart] : [apart, inTurn];
				result.set(rows.subarray(from * width, (from + 1) * width), to * width);
			}
		}
	}
	return result;
}
