import type { ServerResponse } from 'node:http';
import { type ErrorAnswer, sendError } from './errors.ts';

/** Bytes that a client may leave unread before it is dropped; its answer is not held up for it. */
const maxUnreadBytes = 8 * 1024 * 1024;

/** Pause between two comments, ms: proxies and clients end a connection that is silent for long. */
const commentEveryMs = 2_000;

/** Server-sent events of one answer. The head is sent with the first event or comment, so that an early error has its status. */
export interface EventStream {
	send(data: unknown): void;
	/** What is waited for; sent as a comment now and then until the next event. */
	waitingFor(words: string): void;
	/** Ends the stream as OpenAI does. */
	finish(): void;
	/** An error: with its status if nothing was sent yet, else as an event. */
	fail(error: ErrorAnswer): void;
}

export function openEventStream(response: ServerResponse): EventStream {
	let waiting = '';
	const timer = setInterval(() => {
		if (waiting !== '') write(`: ${waiting}\n\n`);
	}, commentEveryMs);
	response.on('close', () => clearInterval(timer));
	function write(text: string): void {
		if (!response.headersSent) {
			response.writeHead(200, {
				'content-type': 'text/event-stream; charset=utf-8',
				'cache-control': 'no-cache',
				// nginx would collect the answer.
				'x-accel-buffering': 'no',
			});
		}
		response.write(text);
		if (response.writableLength > maxUnreadBytes) response.destroy();
	}
	function end(): void {
		clearInterval(timer);
		response.end();
	}
	return {
		send(data) {
			waiting = '';
			write(`data: ${JSON.stringify(data)}\n\n`);
		},
		waitingFor(words) {
			waiting = words;
		},
		finish() {
			write('data: [DONE]\n\n');
			end();
		},
		fail(error) {
			clearInterval(timer);
			if (!response.headersSent) return sendError(response, error);
			write(`data: ${JSON.stringify(error.body)}\n\n`);
			end();
		},
	};
}
