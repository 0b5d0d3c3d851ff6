import type { Client } from '../contract/client.ts';
import type { ServerScope } from '../contract/server/schema.ts';

/** What the MCP server needs of its host. */
export interface McpContext {
	/** Runs `work` with the application, in this process or over a connection. */
	readonly withApplication: <Result>(work: (client: Client) => Promise<Result>) => Promise<Result>;
	readonly version: string;
	readonly log: (line: string) => void;
}

/** What one client may do. */
export interface McpGrants {
	/** Tools of other scopes are not offered. */
	readonly scopes: readonly ServerScope[];
	/** Whether the client was started by this user, as a program that may read the user's files anyway. */
	readonly local: boolean;
}

/** Scopes of a client whose person chose none: never conversations. */
export const usualScopes: readonly ServerScope[] = ['inference', 'evaluation'];
