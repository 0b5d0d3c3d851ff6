import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { createTools, type Tools, type ToolsContext } from '../../../../electron/context/tools/tools.ts';
import type { ToolServer, ToolView } from '../../../../electron/contract/tools/schema.ts';
import type { WritableDatabase } from '../../../../electron/database/database.ts';
import { run } from '../../../../electron/database/sql.ts';
import { createEventBus, type InternalEvent } from '../../../../electron/events.ts';
import { projectRoot } from '../../../../scripts/run-step.ts';
import { createDatabase } from '../../../support/database.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

export interface OpenTools {
	readonly tools: Tools;
	readonly database: WritableDatabase;
	readonly dataFolder: string;
	readonly events: InternalEvent[];
	publish(event: InternalEvent): void;
	readonly log: string[];
	/** Id of a new conversation. */
	conversation(): number;
	tool(name: string): Promise<ToolView>;
}

/** Tools on a database of their own; closed when the test ends. */
export function openTools(changes: Partial<ToolsContext> = {}): OpenTools {
	const database = changes.database ?? createDatabase().database;
	const bus = createEventBus((error) => {
		throw error;
	});
	const events: InternalEvent[] = [];
	bus.subscribe((event) => void events.push(event));
	const log: string[] = [];
	const dataFolder = changes.dataFolder ?? temporaryFolder();
	const tools = createTools({
		database,
		events: bus,
		dataFolder,
		program: {},
		networkBlocked: () => false,
		countTokens: () => Promise.resolve(null),
		runScript: (code) => Promise.resolve({ output: `ran ${code}` }),
		searchDocuments: (query) => Promise.resolve(`found ${query}`),
		clock: () => Date.UTC(2026, 10, 28, 12),
		log: (line) => log.push(line),
		...changes,
	});
	onTestFinished(() => tools.close());
	return {
		tools,
		database,
		dataFolder,
		events,
		publish: (event) => bus.publish(event),
		log,
		conversation: () =>
			run(database, `INSERT INTO conversations (title, created_at, updated_at) VALUES ('Weather', 1, 1)`).id,
		async tool(name) {
			const found = (await tools.view()).tools.find((one) => one.name === name);
			if (found === undefined) throw new Error(`no tool ${name}`);
			return found;
		},
	};
}

/** Adds a server that runs this program, and approves it; its state says how that went. */
export async function startServer(
	tools: Tools,
	args: readonly string[],
	env: Readonly<Record<string, string>> = {},
	name = 'Test',
): Promise<ToolServer> {
	const launch = {
		kind: 'command' as const,
		command: process.execPath,
		args: [...args],
		env: { ...env },
		folder: null,
	};
	const added = tools.addServer({ name, launch });
	return await tools.approveServer(added.id, added.launchHash);
}

/** A real server of the npm package, installed by npm ci --prefix test/interop/mcp. */
export function realServer(name: 'everything' | 'filesystem' | 'memory'): string {
	return join(projectRoot, `test/interop/mcp/node_modules/@modelcontextprotocol/server-${name}/dist/index.js`);
}

/** A server that misbehaves as its first argument says. */
export const hostileServer = fileURLToPath(new URL('./hostile-server.ts', import.meta.url));

export const signal = new AbortController().signal;
