/** One request as tokens: the model reads `context`, then each continuation is scored after it. */
export type EncodedRequest = {
	context: Int32Array;
	continuations: Int32Array[];
	/** Tokens cut off at the start because context plus continuation exceeded the model's context. */
	truncated: number;
};

export type Tokenizer = {
	/** Tokenises a text without adding a start token. */
	encode(text: string): Int32Array;
	/** Replaces an empty context. */
	prefixToken: number;
	/** Put before every context, as the model's own tokenizer does; null for none. */
	startToken: number | null;
};

/** Characters that Python's str.rstrip() removes; JavaScript's trimEnd() removes others. */
const pythonSpaceAtEnd = /[\t-\r\x1c-\x1f \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+$/u;

function concat(...parts: readonly Int32Array[]): Int32Array {
	const joined = new Int32Array(parts.reduce((length, part) => length + part.length, 0));
	let at = 0;
	for (const part of parts) {
		joined.set(part, at);
		at += part.length;
	}
	return joined;
}

/**
 * Encodes a context and its continuations like lm-evaluation-harness (lm_eval/api/model.py `_encode_pair`): trailing
 * spaces of the context move to the continuation; both are tokenised together, and the tokens after the context's own
 * token count are the continuation.
 */
export function encodeRequest(
	tokenizer: Tokenizer,
	request: { context: string; continuations: readonly string[] },
	contextLimit: number,
): EncodedRequest {
	const start = tokenizer.startToken === null ? new Int32Array(0) : Int32Array.of(tokenizer.startToken);
	if (request.context === '') {
		const continuations = request.continuations.map((continuation) => tokenizer.encode(continuation));
		const prefix = tokenizer.startToken ?? tokenizer.prefixToken;
		return truncate({ context: Int32Array.of(prefix), continuations, truncated: 0 }, contextLimit);
	}
	const spaces = pythonSpaceAtEnd.exec(request.context)?.[0] ?? '';
	const text = request.context.slice(0, request.context.length - spaces.length);
	const context = tokenizer.encode(text);
	const continuations = request.continuations.map((continuation) =>
		tokenizer.encode(text + spaces + continuation).slice(context.length),
	);
	const whole = concat(start, context);
	return truncate(
		{ context: whole.length > 0 ? whole : Int32Array.of(tokenizer.prefixToken), continuations, truncated: 0 },
		contextLimit,
	);
}

/** Encodes continuations separately, for a context that is already tokenised, such as a rendered chat template. */
export function encodeAfter(
	tokenizer: Tokenizer,
	context: readonly number[],
	continuations: readonly string[],
	contextLimit: number,
): EncodedRequest {
	const tokens = continuations.map((continuation) => tokenizer.encode(continuation));
	return truncate({ context: Int32Array.from(context), continuations: tokens, truncated: 0 }, contextLimit);
}

/** Cuts the start of the context until the longest continuation fits, not counting its last token. */
function truncate(request: EncodedRequest, limit: number): EncodedRequest {
	const longest = request.continuations.reduce((length, tokens) => Math.max(length, tokens.length), 0);
	const excess = request.context.length + Math.max(0, longest - 1) - limit;
	if (excess <= 0) return request;
	// At least one token must remain, to predict the first of the continuation.
	const cut = Math.min(excess, request.context.length - 1);
	return { ...request, context: request.context.slice(cut), truncated: cut };
}
