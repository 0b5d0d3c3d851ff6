import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { StdioServerTransport, serveStdio } from '@modelcontextprotocol/server/stdio';
import type { McpContext, McpGrants } from './context.ts';
import { createMcpServer } from './create-mcp-server.ts';

/** Largest message of a client, bytes: a dataset to import. */
const maxBufferSize = 32 * 1024 * 1024;

/** Serves one client over a pair of streams until it closes its end, or until `signal`. */
export async function serveOverStreams(
	context: McpContext,
	grants: McpGrants,
	{ input, output, signal }: { readonly input: Readable; readonly output: Writable; readonly signal: AbortSignal },
): Promise<void> {
	const transport = new StdioServerTransport(input, output, { maxBufferSize });
	const ended = new AbortController();
	const stop = AbortSignal.any([signal, ended.signal]);
	const end = (): void => ended.abort();
	input.once('end', end).once('close', end).once('error', end);
	output.once('error', end);
	const handle = serveStdio(() => createMcpServer(context, grants), {
		transport,
		onerror: (error) => context.log(`mcp: ${error.message}`),
	});
	if (!stop.aborted) await once(stop, 'abort');
	await handle.close();
}
