import type { Engine } from '../../../models/engine.ts';
import type { Passage } from '../../contract/documents/schema.ts';
import type { RetrievalContext } from './context.ts';

/** Passages of one call to the engine: the caller may leave between two. */
const ratedAtOnce = 4;

/** What a language model is asked about each passage. */
const question = (query: string, passage: string): string =>
	`Does this passage help to answer the question? Answer with yes or no only.\n\nPassage:\n${passage}\n\nQuestion: ${query}`;

/** The likeliest tokens among which “yes” and “no” are sought. */
const candidates = 50;

/**
 * Rates the first passages by a reranker, or by a language model's probability of “yes” against “no”, and puts them
 * first, best first. The others keep their order. Throws the failures of a model that can't be used.
 */
export async function rerankPassages(
	{ library }: Pick<RetrievalContext, 'library'>,
	query: string,
	passages: readonly Passage[],
	{ modelFileId, candidates: most }: { readonly modelFileId: number; readonly candidates: number },
	signal: AbortSignal | undefined,
): Promise<Passage[]> {
	const { kind } = library.modelFile(modelFileId);
	const engine = await library.acquire(
		modelFileId,
		{ kind: kind === 'reranker' ? 'reranker' : 'model' },
		signal === undefined ? {} : { signal },
	);
	const rated = passages.slice(0, most);
	const ratings: number[] = [];
	for (let at = 0; at < rated.length; at += ratedAtOnce) {
		signal?.throwIfAborted();
		const texts = rated
			.slice(at, at + ratedAtOnce)
			.map(({ context, text }) => (context === '' ? text : `${context}\n\n${text}`));
		if (kind === 'reranker') ratings.push(...(await engine.rank({ query, documents: texts })).scores);
		else ratings.push(...(await rateByYes(engine, query, texts)));
	}
	const order = rated
		.map((passage, index) => ({ passage, rating: ratings[index] ?? 0 }))
		.toSorted((a, b) => b.rating - a.rating);
	return [
		...order.map(({ passage, rating }, index) => ({
			...passage,
			score: rating,
			ranks: { ...passage.ranks, rerank: index + 1 },
			scores: { ...passage.scores, rerank: rating },
		})),
		...passages.slice(most),
	];
}

async function rateByYes(engine: Engine, query: string, texts: readonly string[]): Promise<number[]> {
	const prompts = await Promise.all(
		texts.map(async (text) => (await engine.render([{ role: 'user', content: question(query, text) }])).tokens),
	);
	const scored = await engine.score({ prompts, top: candidates, next: true });
	return scored.prompts.map(({ next }) => {
		const sumOf = (word: string): number =>
			next
				.filter(({ text }) => text.trim().toLowerCase() === word)
				.reduce((sum, { logProbability }) => sum + Math.exp(logProbability), 0);
		const [yes, no] = [sumOf('yes'), sumOf('no')];
		return yes + no === 0 ? 0 : yes / (yes + no);
	});
}
