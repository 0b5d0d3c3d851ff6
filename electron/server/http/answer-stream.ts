import type { ServerResponse } from 'node:http';
import { errorFacts, noteError, sendError } from './errors.ts';
import { errorBody, type Protocol } from './protocol.ts';

/** Bytes that a client may leave unread before it is dropped; its answer is not held up for it. */
const maxUnreadBytes = 8 * 1024 * 1024;

/** Pause between two comments, ms: proxies and clients end a connection that is silent for long. */
const commentEveryMs = 2_000;

/**
 * The parts of an answer as they come: server-sent events, or lines of JSON for Ollama's clients. The head is sent with
 * the first part or comment, so that an early error has its status.
 */
export interface AnswerStream {
	/** `event`: the name of a server-sent event, where the API has names. */
	send(data: unknown, event?: string): void;
	/** What is waited for; sent as a comment now and then until the next part. */
	waitingFor(words: () => string): void;
	/** Ends the stream; `last` is written as it is. */
	finish(last?: string): void;
	/** An error: with its status if nothing was sent yet, else as a part. */
	fail(thrown: unknown): void;
}

export function openAnswerStream(response: ServerResponse, protocol: Protocol): AnswerStream {
	const lines = protocol === 'ollama';
	let waiting: (() => string) | null = null;
	const timer = setInterval(() => {
		if (waiting !== null && !lines) write(`: ${waiting()}\n\n`);
	}, commentEveryMs);
	response.on('close', () => clearInterval(timer));
	function write(text: string): void {
		// Another answer of the same request has failed and ended it.
		if (response.writableEnded || response.destroyed) return;
		if (!response.headersSent) {
			response.writeHead(200, {
				'content-type': lines ? 'application/x-ndjson' : 'text/event-stream; charset=utf-8',
				'cache-control': 'no-cache',
				// nginx would collect the answer.
				'x-accel-buffering': 'no',
			});
		}
		response.write(text);
		if (response.writableLength > maxUnreadBytes) response.destroy();
	}
	function send(data: unknown, event?: string): void {
		waiting = null;
		const text = JSON.stringify(data);
		write(lines ? `${text}\n` : `${event === undefined ? '' : `event: ${event}\n`}data: ${text}\n\n`);
	}
	function finish(last = ''): void {
		clearInterval(timer);
		response.end(last);
	}
	return {
		send,
		waitingFor(words) {
			waiting = words;
		},
		finish,
		fail(thrown) {
			const facts = errorFacts(thrown);
			if (!response.headersSent) {
				clearInterval(timer);
				return sendError(response, protocol, facts);
			}
			noteError(response, facts);
			send(errorBody(protocol, facts), protocol === 'anthropic' ? 'error' : undefined);
			finish();
		},
	};
}
