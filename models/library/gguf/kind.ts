import type { ModelKind } from '../../contract/gguf.ts';
import type { GgufHeader } from './header.ts';

/** Values of `general.type` that are no model; llama.cpp itself does not look at others. */
const types: Readonly<Record<string, ModelKind>> = {
	adapter: 'adapter',
	mmproj: 'projector',
	imatrix: 'other',
	vocab: 'other',
};

/** Architectures that llama.cpp v0.4.0 uses to turn text into vectors only (its encoders and embedding models). */
const embedders: ReadonlySet<string> = new Set([
	'bert',
	'modern-bert',
	'nomic-bert',
	'nomic-bert-moe',
	'neo-bert',
	'jina-bert-v2',
	'jina-bert-v3',
	'eurobert',
	'gemma-embedding',
	'llama-embed',
	't5encoder',
]);

/** Architectures that are a part of something else: drafts for other models, speech. */
const parts: ReadonlySet<string> = new Set([
	'eagle3',
	'dflash',
	'gemma4-assistant',
	'wavtokenizer-dec',
	'qwen3tts',
	'pockettts',
]);

/** llama_pooling_type of llama.h: how a model makes one vector of many; `rank` makes a score of it. */
const pooling = { none: 0, rank: 4 } as const;

/** What the file is for, by its header. */
export function kindOf(header: GgufHeader, architecture: string): ModelKind {
	const { metadata, tensors } = header;
	const type = metadata.get('general.type');
	const named = typeof type === 'string' ? types[type] : undefined;
	if (named !== undefined) return named;
	if (architecture === 'clip') return 'projector';
	if (metadata.has('adapter.type') || tensors.some(({ name }) => name.endsWith('.lora_a'))) return 'adapter';
	const pooled = metadata.get(`${architecture}.pooling_type`);
	// Rerankers have a head that gives one number; llama.cpp knows it by these tensors.
	const rates = tensors.some(({ name }) => name === 'cls.weight' || name === 'cls.output.weight');
	if (pooled === pooling.rank || (rates && (embedders.has(architecture) || typeof pooled === 'number'))) {
		return 'reranker';
	}
	if (embedders.has(architecture)) return 'embedding';
	if (typeof pooled === 'number' && pooled !== pooling.none) return 'embedding';
	return parts.has(architecture) ? 'other' : 'model';
}
