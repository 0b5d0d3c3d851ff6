import type { ServerResponse } from 'node:http';
import { z } from 'zod';
import type { ModelFile } from '../contract/library/schema.ts';
import { chooseByKind, withEngine } from './choose-by-kind.ts';
import { servedId } from './choose-served-model.ts';
import type { ServerContext } from './context.ts';
import { sendJson } from './http/errors.ts';
import { parseBody } from './http/parse-body.ts';
import { embedInputs } from './openai/embeddings.ts';

const documentSchema = z.union([z.string(), z.looseObject({ text: z.string() })]);

/** The fields of a request for a ranking that Assay knows, in the words of Cohere, Jina and vLLM; it ignores the others. */
export const rerankSchema = z.object({
	model: z.string().max(500).nullish(),
	query: z.string(),
	documents: z.array(documentSchema).min(1).max(2_048),
	top_n: z.int().min(1).nullish(),
	return_documents: z.boolean().nullish(),
});

/** Documents of one call to the engine: the client may leave between two. */
const batch = 32;

interface Rated {
	readonly scores: readonly number[];
	readonly tokens: number;
}

async function rateByRank(
	context: ServerContext,
	model: ModelFile,
	query: string,
	documents: readonly string[],
	signal: AbortSignal,
): Promise<Rated> {
	return await withEngine(context, model, signal, async (engine) => {
		const scores: number[] = [];
		let tokens = 0;
		for (let at = 0; at < documents.length; at += batch) {
			signal.throwIfAborted();
			const some = await engine.rank({ query, documents: documents.slice(at, at + batch) });
			scores.push(...some.scores);
			tokens += some.tokens.reduce((sum, count) => sum + count, 0);
		}
		return { scores, tokens };
	});
}

/** Rates documents by how much their vectors point where the query's does: 0 to 1. */
async function rateByVectors(
	context: ServerContext,
	model: ModelFile,
	query: string,
	documents: readonly string[],
	signal: AbortSignal,
): Promise<Rated> {
	const named = { model: String(model.id), dimensions: null };
	const { vectors, tokens } = await embedInputs(context, named, [query, ...documents], signal);
	const [asked = new Float32Array(), ...others] = vectors;
	const cosine = (vector: Float32Array): number => vector.reduce((sum, value, at) => sum + value * (asked[at] ?? 0), 0);
	return { scores: others.map((vector) => Math.min(1, Math.max(0, cosine(vector)))), tokens };
}

/**
 * Answers `/v1/rerank`: by a reranker's own score, or by an embedding model's vectors. The answer says which, as
 * `method`.
 */
export async function rerank(
	context: ServerContext,
	body: unknown,
	response: ServerResponse,
	signal: AbortSignal,
): Promise<void> {
	const { model: name, query, documents, top_n: most, return_documents: returned } = parseBody(rerankSchema, body);
	const texts = documents.map((document) => (typeof document === 'string' ? document : document.text));
	// A reranker is preferred where none is named.
	const model = chooseByKind(context, name, ['reranker', 'embedding']);
	const method = model.kind === 'embedding' ? 'embedding' : 'rank';
	const rate = method === 'embedding' ? rateByVectors : rateByRank;
	const { scores, tokens } = await rate(context, model, query, texts, signal);
	const results = scores
		.map((score, index) => ({
			index,
			relevance_score: score,
			...(returned === true ? { document: { text: texts[index] } } : {}),
		}))
		.sort((a, b) => b.relevance_score - a.relevance_score)
		.slice(0, most ?? texts.length);
	sendJson(response, {
		object: 'list',
		model: servedId(model),
		method,
		results,
		usage: { prompt_tokens: tokens, total_tokens: tokens },
		meta: { tokens: { input_tokens: tokens } },
	});
}
