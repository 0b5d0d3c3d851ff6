import type { ServerResponse } from 'node:http';
import { failureFacts } from '../../../models/contract/failure.ts';
import { type ErrorFacts, errorBody, type Protocol } from './protocol.ts';

/** A request that can't be answered, as the client's developer should read it. */
export class HttpError extends Error {
	readonly facts: ErrorFacts;

	constructor(status: number, message: string, more: Partial<Omit<ErrorFacts, 'status' | 'message'>> = {}) {
		super(message);
		this.name = 'HttpError';
		this.facts = { status, message, param: null, code: null, ...more };
	}
}

/** Returns the error of a wrong request; `param` is the field. */
export function badRequest(message: string, param: string | null, code: string | null = null): HttpError {
	return new HttpError(400, message, { param, code });
}

/** Status and OpenAI's code of failures that are the client's to mend, or that pass. Any other is a 500. */
const known: Readonly<Record<string, readonly [status: number, code: string]>> = {
	'model-unknown': [404, 'model_not_found'],
	'model-ambiguous': [400, 'model_ambiguous'],
	'no-model': [404, 'model_not_found'],
	'alias-without-model': [404, 'model_not_found'],
	'no-chat-template': [400, 'no_chat_template'],
	'prompt-too-long': [400, 'context_length_exceeded'],
	'input-too-long': [400, 'context_length_exceeded'],
	'token-unknown': [400, 'invalid_token'],
	'not-an-embedding-model': [400, 'not_an_embedding_model'],
	'no-embedding-model': [404, 'model_not_found'],
	'not-a-reranker': [400, 'not_a_reranker'],
	'not-a-language-model': [400, 'not_a_language_model'],
	'scoring-unavailable': [501, 'scoring_unavailable'],
	'template-refused': [400, 'template_refused'],
	'grammar-invalid': [400, 'invalid_grammar'],
	'schema-unsupported': [400, 'invalid_schema'],
	'load-cancelled': [503, 'load_cancelled'],
	'not-enough-memory': [503, 'not_enough_memory'],
};

/** Turns anything thrown into facts: a Failure with its cause and next steps. */
export function errorFacts(thrown: unknown): ErrorFacts {
	if (thrown instanceof HttpError) return thrown.facts;
	const { code, message, next } = failureFacts(thrown);
	const [status, theirs] = known[code] ?? [500, code.replaceAll('-', '_')];
	const steps = next.length === 0 ? '' : ` ${next.map((step) => `${step}.`).join(' ')}`;
	return { status, message: `${message}${steps}`, param: null, code: theirs };
}

const listeners = new WeakMap<ServerResponse, (facts: ErrorFacts) => void>();

/** Calls `listener` with the error that a client is told, before it is told. */
export function onError(response: ServerResponse, listener: (facts: ErrorFacts) => void): void {
	listeners.set(response, listener);
}

/** Reports an error that is about to be sent, in whatever form. */
export function noteError(response: ServerResponse, facts: ErrorFacts): void {
	listeners.get(response)?.(facts);
}

export function sendError(response: ServerResponse, protocol: Protocol, facts: ErrorFacts): void {
	noteError(response, facts);
	if (response.headersSent) return void response.destroy();
	if (facts.retryAfter !== undefined) response.setHeader('retry-after', String(facts.retryAfter));
	sendJson(response, errorBody(protocol, facts), facts.status);
}

export function sendJson(response: ServerResponse, body: unknown, status = 200): void {
	const text = JSON.stringify(body);
	response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
	response.end(text);
}
