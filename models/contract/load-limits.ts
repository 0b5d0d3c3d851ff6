/** Most answers that may be computed at once. */
export const maxParallelAnswers = 16;

/** Tokens that a model can take with these overrides of its positions: scaled down, they reach further. */
export function reachOf<Trained extends number | null>(
	trained: Trained,
	rope: { readonly frequencyScale?: number | undefined } = {},
): Trained {
	const reach = trained === null ? null : Math.floor(trained / Math.min(1, rope.frequencyScale ?? 1));
	return reach as Trained;
}
