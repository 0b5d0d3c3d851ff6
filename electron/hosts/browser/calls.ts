import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AnyRouter } from '@orpc/server';
import { BodyLimitPlugin, RPCHandler } from '@orpc/server/node';
import { type Log, logDefects } from '../transport/rpc-failure.ts';
import { sendPlainText } from './answer.ts';

/** Calls over HTTP are for what is too large for a frame: an import of a long history, in bytes. */
export const maxBodyBytes = 512 * 1024 * 1024;

const prefix = '/rpc';

export function isCall(request: IncomingMessage): boolean {
	return request.url?.startsWith(`${prefix}/`) ?? false;
}

/** The same calls as over the WebSocket, one per request. The caller has checked the token. */
export function httpCalls(router: AnyRouter, log: Log) {
	const handler = new RPCHandler(router, {
		plugins: [new BodyLimitPlugin({ maxBodySize: maxBodyBytes })],
		interceptors: [logDefects(log)],
	});
	return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
		response.setHeader('cache-control', 'no-store');
		const { matched } = await handler.handle(request, response, { prefix, context: {} });
		if (!matched) sendPlainText(response, 404, 'There is no such call');
	};
}
