import { z } from 'zod';
import { byId, call } from '../call.ts';
import { mcpClientSchema, mcpConfigSchema } from '../server/mcp-config.ts';
import {
	argumentPatternSchema,
	importPreviewSchema,
	lastingScopeSchema,
	loggedCallSchema,
	serverInputSchema,
	serverNameSchema,
	toolArgumentsSchema,
	toolGrantSchema,
	toolOfferSchema,
	toolResultSchema,
	toolServerSchema,
	toolsViewSchema,
	toolViewSchema,
} from './schema.ts';

const configTextSchema = z.string().max(1_000_000);

export const toolCalls = {
	/** Everything that Settings, Tools shows, apart from the log. Starts no server. */
	view: call.output(toolsViewSchema),
	/**
	 * Tools that a conversation may use, those that are off too; null: a new or temporary one. FAILED
	 * `conversation-unknown`.
	 */
	offers: call
		.input(z.object({ conversationId: z.int().nullable() }))
		.output(z.object({ tools: z.array(toolOfferSchema) })),
	/** Whether a conversation uses a tool. FAILED `tool-unknown`, `conversation-unknown`. */
	use: call
		.input(z.object({ conversationId: z.int(), toolId: z.int(), used: z.boolean() }))
		.output(z.object({ tools: z.array(toolOfferSchema) })),
	/** Switches a tool on or off. FAILED `tool-unknown`. */
	setTool: call.input(z.object({ id: z.int(), on: z.boolean() })).output(toolViewSchema),
	/** Accepts the new definition that was shown. FAILED `tool-unknown`, `tool-changed-again`. */
	acceptTool: call.input(z.object({ id: z.int(), hash: z.string() })).output(toolViewSchema),
	/** Adds a server; nothing runs before `approveServer`. FAILED `tool-server-name-taken`, `tool-server-url`. */
	addServer: call.input(serverInputSchema).output(toolServerSchema),
	/** Starts it for the first time, connects, and reads its tools. FAILED `tool-server-unknown`, `launch-changed`. */
	approveServer: call.input(z.object({ id: z.int(), launchHash: z.string() })).output(toolServerSchema),
	/** Reconnects and reads its tools. FAILED `tool-server-unknown`, `tool-server-not-approved`, and what went wrong. */
	connectServer: call.input(byId).output(toolServerSchema),
	setServer: call.input(z.object({ id: z.int(), on: z.boolean() })).output(toolServerSchema),
	/** Ends it; it can be restored until the application closes. FAILED `tool-server-unknown`. */
	removeServer: call.input(byId).output(z.object({})),
	restoreServer: call.input(byId).output(toolServerSchema),
	/** The address at which the person signs in to a server, to be opened in a browser. FAILED `tool-server-unknown`. */
	signIn: call.input(byId).output(z.object({ url: z.string() })),
	/** What a configuration of Claude Desktop, Cursor, VS Code or LM Studio holds. FAILED `tool-config`. */
	previewImport: call.input(z.object({ text: configTextSchema })).output(importPreviewSchema),
	/** Adds servers of a configuration; none runs before it is approved. FAILED `tool-config`. */
	importServers: call
		.input(
			z.object({
				text: configTextSchema,
				names: z.array(serverNameSchema).min(1),
				/** Values of the file's inputs, by id. */
				inputs: z.record(z.string(), z.string()).default({}),
			}),
		)
		.output(z.object({ servers: z.array(toolServerSchema) })),
	/** Assay's servers as another program's configuration, without the values of variables and headers. */
	exportServers: call.input(z.object({ client: mcpClientSchema })).output(mcpConfigSchema),
	/** Folders that the built-in file reader may read. FAILED `not-a-folder`. */
	setFolders: call
		.input(z.object({ folders: z.array(z.string().min(1).max(4_096)).max(100) }))
		.output(z.object({ folders: z.array(z.string()) })),
	/** Permits calls, in one conversation or all. FAILED `tool-unknown`. */
	grant: call
		.input(
			z.object({
				toolId: z.int(),
				pattern: argumentPatternSchema,
				scope: lastingScopeSchema,
				conversationId: z.int().nullable(),
			}),
		)
		.output(z.object({ grant: toolGrantSchema.nullable() })),
	revokeGrant: call.input(byId).output(toolGrantSchema),
	/** Calls a tool by hand, which is permission enough. FAILED `tool-unknown`, `tool-server-not-approved`. */
	call: call.input(z.object({ toolId: z.int(), arguments: toolArgumentsSchema })).output(toolResultSchema),
	/** Calls, newest first. */
	log: call
		.input(
			z.object({
				conversationId: z.int().optional(),
				/** Only calls before this one. */
				before: z.int().optional(),
				limit: z.int().min(1).max(500).default(100),
			}),
		)
		.output(z.object({ calls: z.array(loggedCallSchema), more: z.boolean() })),
	/** Deletes the log, of one conversation or all; for a minute `restoreLog` takes it back. */
	clearLog: call
		.input(z.object({ conversationId: z.int().optional() }))
		.output(z.object({ deleted: z.int(), clearedAt: z.int() })),
	restoreLog: call.input(z.object({ clearedAt: z.int() })).output(z.object({ restored: z.int() })),
};
