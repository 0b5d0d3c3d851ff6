import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { onTestFinished } from 'vitest';
import type { Served } from '../server/serving.ts';

/** Protocols that clients speak: the one of 2026, without sessions, and the ones before. */
export type Era = 'modern' | 'legacy';

/** A client of the MCP SDK over HTTP, with a key. */
export async function httpClient({ port, key }: Pick<Served, 'port' | 'key'>, era: Era = 'modern'): Promise<Client> {
	const client = new Client(
		{ name: 'test', version: '1.0.0' },
		{ versionNegotiation: { mode: era === 'modern' ? { pin: '2026-07-28' } : 'legacy' } },
	);
	const transport = new StreamableHTTPClientTransport(new URL(`http://127.0.0.1:${port}/mcp`), {
		requestInit: { headers: { authorization: `Bearer ${key}` } },
	});
	await client.connect(transport);
	onTestFinished(() => client.close());
	return client;
}

/** The typed result of a tool, which must not be an error. */
export async function call(
	client: Client,
	name: string,
	args: Record<string, unknown> = {},
	options: Parameters<Client['callTool']>[1] = {},
): Promise<Record<string, unknown>> {
	const { isError, structuredContent, content } = await client.callTool({ name, arguments: args }, options);
	if (isError === true || structuredContent === undefined) throw new Error(JSON.stringify(content));
	return structuredContent as Record<string, unknown>;
}

/** The words of a tool's error. */
export async function failureOf(client: Client, name: string, args: Record<string, unknown>): Promise<string> {
	const { isError, content } = await client.callTool({ name, arguments: args });
	const [first] = content;
	if (isError !== true || first?.type !== 'text') throw new Error(`${name} did not fail`);
	return first.text;
}
