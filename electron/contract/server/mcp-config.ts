import { z } from 'zod';

/** Programs whose configuration Assay can write. */
export const mcpClients = ['claude-desktop', 'vscode', 'cursor', 'lm-studio'] as const;

export const mcpClientSchema = z.enum(mcpClients);

export type McpClientName = z.infer<typeof mcpClientSchema>;

/** How a client starts Assay's MCP server, or reaches it. */
export type McpEndpoint =
	| { readonly kind: 'command'; readonly command: readonly [string, ...string[]] }
	| { readonly kind: 'http'; readonly url: string; readonly key: string };

/** A client's configuration of Assay. */
export const mcpConfigSchema = z.object({
	/** "VS Code". */
	clientName: z.string(),
	/** Where the client keeps it. */
	file: z.string(),
	/** JSON to put there, beside what is there already. */
	text: z.string(),
});

export type McpConfig = z.infer<typeof mcpConfigSchema>;

/** Names of the programs, and where each keeps its configuration. */
export const mcpClientFacts: Readonly<Record<McpClientName, { readonly name: string; readonly file: string }>> = {
	'claude-desktop': { name: 'Claude Desktop', file: 'claude_desktop_config.json' },
	vscode: { name: 'VS Code', file: '.vscode/mcp.json' },
	cursor: { name: 'Cursor', file: '~/.cursor/mcp.json' },
	'lm-studio': { name: 'LM Studio', file: '~/.lmstudio/mcp.json' },
};

/** Writes the configuration of a client. */
export function mcpConfig(client: McpClientName, endpoint: McpEndpoint): McpConfig {
	const { name, file } = mcpClientFacts[client];
	const entry = client === 'vscode' ? { type: typeOf(endpoint), ...entryOf(endpoint) } : entryOf(endpoint);
	const top = client === 'vscode' ? 'servers' : 'mcpServers';
	return { clientName: name, file, text: JSON.stringify({ [top]: { assay: entry } }, null, 2) };
}

function typeOf({ kind }: McpEndpoint): 'stdio' | 'http' {
	return kind === 'command' ? 'stdio' : 'http';
}

function entryOf(endpoint: McpEndpoint): object {
	if (endpoint.kind === 'http') return { url: endpoint.url, headers: { Authorization: `Bearer ${endpoint.key}` } };
	const [command, ...args] = endpoint.command;
	return { command, args };
}
