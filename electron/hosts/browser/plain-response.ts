import type { ServerResponse } from 'node:http';

/** Sends a short response in plain text. */
export function sendPlainText(
	response: ServerResponse,
	status: number,
	message: string,
	headers: Readonly<Record<string, string>> = {},
): void {
	response.writeHead(status, { ...headers, 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' });
	response.end(response.req.method === 'HEAD' ? undefined : `${message}\n`);
}
