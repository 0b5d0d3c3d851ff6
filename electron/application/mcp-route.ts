import type { Client } from '../contract/client.ts';
import { usualScopes } from '../mcp/context.ts';
import type { McpHttp } from '../mcp/http.ts';
import type { McpRoute } from '../server/server.ts';

/** Serves MCP with the application's own calls. Its packages are loaded with the first request. */
export function createMcpRoute(options: {
	readonly client: () => Client;
	readonly version: string;
	readonly log: (line: string) => void;
}): McpRoute {
	const { client, version, log } = options;
	let loading: Promise<McpHttp> | null = null;
	async function load(): Promise<McpHttp> {
		const [{ createMcpHttp }, { createMcpServer }] = await Promise.all([
			import('../mcp/http.ts'),
			import('../mcp/create-mcp-server.ts'),
		]);
		const context = {
			withApplication: <Result>(work: (client: Client) => Promise<Result>) => work(client()),
			version,
			log,
		};
		return createMcpHttp(({ grants }) => createMcpServer(context, grants), log);
	}
	return {
		async handle(request, response, key) {
			loading ??= load();
			const http = await loading;
			const grants = { scopes: key?.scopes ?? usualScopes, local: false };
			await http.handle(request, response, { keyId: key?.id ?? null, grants });
		},
		async end() {
			const ending = loading;
			loading = null;
			await (await ending)?.close();
		},
	};
}
