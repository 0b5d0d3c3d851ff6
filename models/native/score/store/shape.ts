/** How much of each distribution is kept. */
export interface StoreShape {
	/** Likeliest tokens, each with its own probability. */
	readonly kept: number;
	/** Tokens drawn from all the others, by probability: what the rest diverges is estimated from them. */
	readonly sampled: number;
}

/**
 * Chosen on the starter's F16 against its Q8_0 to Q2_K (README.md): the mean KL divergence is then within 1 % of the exact
 * one, with a fortieth of the bytes of llama-perplexity's base file.
 */
export const storeShape: StoreShape = { kept: 256, sampled: 32 };

/** What is kept of one distribution: the logits of `ids`, likeliest first and the drawn ones last. */
export interface KeptRow {
	/** ln of the sum of exp(logit) over the whole vocabulary: what turns a logit into a log-probability. */
	logSum: number;
	/** Negative log-likelihood of the right token, nats. */
	negativeLog: number;
	/** The likeliest token. */
	top: number;
	/** Tokens drawn from the rest; 0 where nothing but the kept ones has any probability. */
	drawn: number;
	/** `shape.kept` + `shape.sampled` of them; the last ones mean nothing where fewer were drawn. */
	readonly ids: Uint32Array;
	readonly logits: Float32Array;
}

export function emptyRow({ kept, sampled }: StoreShape): KeptRow {
	const length = kept + sampled;
	const [ids, logits] = [new Uint32Array(length), new Float32Array(length)];
	return { logSum: 0, negativeLog: 0, top: 0, drawn: 0, ids, logits };
}

/** A vocabulary that is smaller than what would be kept is kept whole. */
export function shapeFor(vocabulary: number, wanted: StoreShape = storeShape): StoreShape {
	return { kept: Math.min(wanted.kept, vocabulary), sampled: wanted.sampled };
}
