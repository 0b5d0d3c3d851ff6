/** What a text has in common with a query. */
export interface Likeness {
	/** Share of the query's words that the text has, by their weight. */
	readonly matched?: number | undefined;
	/** Cosine of their vectors; null: one of them has none. */
	readonly cosine?: number | null | undefined;
	/** Rating by a reranker, which outweighs the others; null: it was not rated. */
	readonly rating?: number | null | undefined;
}

type Bounds = Readonly<Record<keyof Likeness, number>>;

/** Below these, a text is hardly about the query. Above this cosine, models of MiniLM's kind mean something. */
const about: Bounds = { matched: 0.4, cosine: 0.3, rating: 0.1 };

/** Below these, a text shares little more than a common word with the query. */
const near: Bounds = { matched: 0.2, cosine: 0.25, rating: 0.2 };

/** Whether a text answers a query: a search without such a text found nothing. */
export function isAbout(likeness: Likeness): boolean {
	return reaches(likeness, about);
}

/** Whether a text is close enough to a query to go into the prompt after better matches. */
export function isNear(likeness: Likeness): boolean {
	return reaches(likeness, near);
}

function reaches({ matched = 0, cosine, rating }: Likeness, bounds: Bounds): boolean {
	if (typeof rating === 'number') return rating >= bounds.rating;
	return matched >= bounds.matched || (cosine ?? 0) >= bounds.cosine;
}
