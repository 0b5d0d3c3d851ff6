import { type McpEndpoint, mcpConfig } from '../contract/server/mcp-config.ts';
import { servedId } from '../server/choose-served-model.ts';
import type { ModelServer } from '../server/server.ts';
import type { Implementer } from './implementer.ts';
import { type RequestContext, requestHandlers } from './server-requests.ts';

export interface ServerHandlersContext {
	readonly server: ModelServer;
	/** Starts the MCP server for this data folder. */
	readonly mcpCommand: Extract<McpEndpoint, { kind: 'command' }>['command'];
}

export function serverHandlers(
	os: Implementer,
	{ server, mcpCommand }: ServerHandlersContext,
	application: RequestContext,
) {
	return {
		...requestHandlers(os, server, application),
		status: os.server.status.handler(() => server.status()),
		start: os.server.start.handler(({ input }) => server.start(input.port)),
		stop: os.server.stop.handler(() => server.stop()),
		keys: os.server.keys.handler(() => ({ keys: server.keys() })),
		addKey: os.server.addKey.handler(({ input }) => server.addKey(input.name, input.scopes)),
		restoreKey: os.server.restoreKey.handler(({ input }) => server.restoreKey(input.id)),
		revokeKey: os.server.revokeKey.handler(({ input }) => server.revokeKey(input.id)),
		aliases: os.server.aliases.handler(() => ({ aliases: server.aliases() })),
		aliasHistory: os.server.aliasHistory.handler(({ input }) => ({ changes: server.aliasHistory(input.name) })),
		setAlias: os.server.setAlias.handler(({ input }) => server.setAlias(input)),
		removeAlias: os.server.removeAlias.handler(({ input }) => server.removeAlias(input.name)),
		restoreAlias: os.server.restoreAlias.handler(({ input }) => server.restoreAlias(input.id)),
		resolveModel: os.server.resolveModel.handler(({ input }) => {
			const chosen = server.resolveModel(input.name);
			return { ...chosen, servedId: servedId(chosen.model) };
		}),
		mcpConfig: os.server.mcpConfig.handler(({ input }) =>
			mcpConfig(input.client, { kind: 'command', command: mcpCommand }),
		),
		scoreChoices: os.server.scoreChoices.handler(({ input, signal }) => server.scoreChoices(input, signal)),
	};
}
