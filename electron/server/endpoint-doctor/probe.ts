/** Longest wait for one answer of an endpoint, ms: it may load a model first. */
const longestMs = 120_000;

/** What an endpoint answered. */
export interface Reply {
	readonly status: number;
	readonly headers: Headers;
	readonly text: string;
	/** The body as JSON; undefined: it is none. */
	readonly json: unknown;
	/** Data of a stream of server-sent events, in order; `[DONE]` is left out. */
	readonly events: readonly unknown[];
}

/** An endpoint that is checked. */
export interface Endpoint {
	/** For example "http://127.0.0.1:4891/v1". */
	readonly url: string;
	readonly key: string | null;
	/** The model that is asked. */
	model: string;
	/** Tokens; null: it doesn't say. */
	contextLength: number | null;
	/** Asks below the URL; a path that begins with "//" is below its root. GET without a body. */
	ask(
		path: string,
		body?: unknown,
		more?: { readonly headers?: Record<string, string>; readonly method?: string },
	): Promise<Reply>;
}

/** Opens an endpoint by the URL that clients are given, with or without /v1. */
export function openEndpoint(given: string, key: string | null, signal?: AbortSignal): Endpoint {
	const trimmed = given.replace(/\/+$/, '');
	const url = /\/v\d+$/.test(trimmed) ? trimmed : `${trimmed}/v1`;
	const root = url.replace(/\/v\d+$/, '');
	return {
		url,
		key,
		model: '',
		contextLength: null,
		async ask(path, body, { headers = {}, method } = {}) {
			const timeout = AbortSignal.timeout(longestMs);
			const response = await fetch(path.startsWith('//') ? `${root}${path.slice(1)}` : `${url}${path}`, {
				method: method ?? (body === undefined ? 'GET' : 'POST'),
				// The check is of this address, and the key is for it alone.
				redirect: 'manual',
				headers: {
					...(key === null ? {} : { authorization: `Bearer ${key}` }),
					...(body === undefined ? {} : { 'content-type': 'application/json' }),
					...headers,
				},
				...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
				signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
			});
			const text = await response.text();
			const data = text.split('\n').flatMap((line) => (line.startsWith('data:') ? [line.slice(5).trim()] : []));
			return {
				status: response.status,
				headers: response.headers,
				text,
				json: parsed(text),
				events: data.filter((line) => line !== '[DONE]').map(parsed),
			};
		},
	};
}

function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}
