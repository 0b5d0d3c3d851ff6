/** An API that clients speak. Each has its own form of an error. */
export type Protocol = 'openai' | 'anthropic' | 'ollama';

export interface ErrorFacts {
	readonly status: number;
	readonly message: string;
	/** Field of the request. */
	readonly param: string | null;
	/** Stable word for programs. */
	readonly code: string | null;
	/** Seconds. */
	readonly retryAfter?: number;
}

const openAiTypes: Readonly<Record<number, string>> = {
	401: 'authentication_error',
	403: 'permission_error',
	429: 'rate_limit_error',
};

const anthropicTypes: Readonly<Record<number, string>> = {
	401: 'authentication_error',
	403: 'permission_error',
	404: 'not_found_error',
	413: 'request_too_large',
	429: 'rate_limit_error',
	503: 'overloaded_error',
};

/** Returns an error's body as the clients of this API expect it. */
export function errorBody(protocol: Protocol, { status, message, param, code }: ErrorFacts): object {
	const other = (server: string): string => (status >= 500 ? server : 'invalid_request_error');
	switch (protocol) {
		case 'openai':
			return { error: { message, type: openAiTypes[status] ?? other('server_error'), param, code } };
		case 'anthropic':
			return { type: 'error', error: { type: anthropicTypes[status] ?? other('api_error'), message } };
		case 'ollama':
			return { error: message };
	}
}
