import type { ServerResponse } from 'node:http';
import { failureFacts } from '../../../models/contract/failure.ts';
import { BadRequest } from '../openai/request.ts';

/** An error as OpenAI's clients expect it. */
export interface ErrorAnswer {
	readonly status: number;
	readonly body: {
		readonly error: {
			readonly message: string;
			readonly type: string;
			readonly param: string | null;
			readonly code: string | null;
		};
	};
	/** Seconds. */
	readonly retryAfter?: number;
}

export function errorAnswer(
	status: number,
	message: string,
	{ type, param = null, code = null }: { type?: string; param?: string | null; code?: string | null } = {},
): ErrorAnswer {
	return { status, body: { error: { message, type: type ?? typeOf(status), param, code } } };
}

function typeOf(status: number): string {
	if (status === 401) return 'authentication_error';
	if (status === 403) return 'permission_error';
	if (status === 429) return 'rate_limit_error';
	return status >= 500 ? 'server_error' : 'invalid_request_error';
}

/** Status and OpenAI's code of failures that are the client's to mend, or that pass. Any other is a 500. */
const known: Readonly<Record<string, readonly [status: number, code: string]>> = {
	'model-unknown': [404, 'model_not_found'],
	'model-ambiguous': [400, 'model_ambiguous'],
	'no-model': [404, 'model_not_found'],
	'no-chat-template': [400, 'no_chat_template'],
	'prompt-too-long': [400, 'context_length_exceeded'],
	'template-refused': [400, 'template_refused'],
	'grammar-invalid': [400, 'invalid_grammar'],
	'load-cancelled': [503, 'load_cancelled'],
	'not-enough-memory': [503, 'not_enough_memory'],
};

/** Turns anything thrown into an answer: a Failure with its cause and next steps. */
export function errorOf(thrown: unknown): ErrorAnswer {
	if (thrown instanceof BadRequest) {
		return errorAnswer(400, thrown.message, { param: thrown.param, code: thrown.code });
	}
	const { code, message, next } = failureFacts(thrown);
	const [status, theirs] = known[code] ?? [500, code.replaceAll('-', '_')];
	const steps = next.length === 0 ? '' : ` ${next.map((step) => `${step}.`).join(' ')}`;
	return errorAnswer(status, `${message}${steps}`, { code: theirs });
}

export function sendError(response: ServerResponse, { status, body, retryAfter }: ErrorAnswer): void {
	if (response.headersSent) return void response.destroy();
	if (retryAfter !== undefined) response.setHeader('retry-after', String(retryAfter));
	sendJson(response, body, status);
}

export function sendJson(response: ServerResponse, body: unknown, status = 200): void {
	const text = JSON.stringify(body);
	response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
	response.end(text);
}
