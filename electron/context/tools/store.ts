import { Failure } from '../../../models/contract/failure.ts';
import { said } from '../../../models/contract/said.ts';
import {
	type ArgumentPattern,
	argumentPatternSchema,
	type CallDecision,
	type CallOutcome,
	type LoggedCall,
	type ShownLaunch,
	type ToolDefinition,
	type ToolGrant,
} from '../../contract/tools/schema.ts';
import type { ReadableDatabase, WritableDatabase } from '../../database/database.ts';
import { all, get, run, transaction } from '../../database/sql.ts';

/** A server as it is stored. */
export interface ServerRow {
	readonly id: number;
	readonly key: string;
	readonly name: string;
	readonly launch: ShownLaunch;
	readonly isOn: boolean;
	/** Keyed hash of the launch that the person approved. */
	readonly approved: string | null;
}

interface ServerColumns {
	id: number;
	key: string;
	name: string;
	command: string | null;
	args: string;
	folder: string | null;
	variables: string;
	url: string | null;
	headers: string;
	is_on: number;
	approved: string | null;
}

const serverColumns = 'id, key, name, command, args, folder, variables, url, headers, is_on, approved';

function serverOf(row: ServerColumns): ServerRow {
	const texts = (json: string): string[] => JSON.parse(json) as string[];
	return {
		id: row.id,
		key: row.key,
		name: row.name,
		launch:
			row.command === null
				? { kind: 'url', url: row.url ?? '', headers: texts(row.headers) }
				: {
						kind: 'command',
						command: row.command,
						args: texts(row.args),
						variables: texts(row.variables),
						folder: row.folder,
					},
		isOn: row.is_on === 1,
		approved: row.approved,
	};
}

/** Every server that was not removed, by name. */
export function listServers(database: ReadableDatabase): readonly ServerRow[] {
	return all<ServerColumns>(
		database,
		`SELECT ${serverColumns} FROM tool_servers WHERE deleted_at IS NULL ORDER BY name COLLATE NOCASE`,
	).map(serverOf);
}

/** Throws Failure `tool-server-unknown`. */
export function getServer(database: ReadableDatabase, id: number): ServerRow {
	const row = get<ServerColumns>(
		database,
		`SELECT ${serverColumns} FROM tool_servers WHERE id = :id AND deleted_at IS NULL`,
		{ id },
	);
	if (row !== undefined) return serverOf(row);
	throw new Failure({
		code: 'tool-server-unknown',
		message: said`There is no tool server with the number ${id}.`,
		next: [said`See the servers in Settings, Tools, or with: assay tools list`],
	});
}

/** Throws Failure `tool-server-name-taken`. */
export function insertServer(
	database: WritableDatabase,
	{
		key,
		name,
		launch,
		now,
	}: { readonly key: string; readonly name: string; readonly launch: ShownLaunch; readonly now: number },
): ServerRow {
	const { id } = run(
		database,
		`INSERT INTO tool_servers (key, name, command, args, folder, variables, url, headers, created_at)
		 VALUES (:key, :name, :command, :args, :folder, :variables, :url, :headers, :now)`,
		launch.kind === 'command'
			? {
					...{ key, name, now, command: launch.command, args: JSON.stringify(launch.args), folder: launch.folder },
					...{ variables: JSON.stringify(launch.variables), url: null, headers: '[]' },
				}
			: {
					...{ key, name, now, command: null, args: '[]', folder: null, variables: '[]', url: launch.url },
					headers: JSON.stringify(launch.headers),
				},
	);
	return getServer(database, id);
}

export function isNameTaken(database: ReadableDatabase, name: string): boolean {
	const sql = 'SELECT id FROM tool_servers WHERE name = :name COLLATE NOCASE AND deleted_at IS NULL';
	return get(database, sql, { name }) !== undefined;
}

/** Throws Failure `tool-server-name-taken`. */
export function assertNameFree(database: ReadableDatabase, name: string): void {
	if (!isNameTaken(database, name)) return;
	throw new Failure({
		code: 'tool-server-name-taken',
		message: said`A tool server named “${name}” already exists.`,
		next: [said`Choose another name`, said`Remove the other server first`],
	});
}

export function approveLaunch(database: WritableDatabase, id: number, approval: string): void {
	run(database, 'UPDATE tool_servers SET approved = :approval WHERE id = :id', { id, approval });
}

export function setServerOn(database: WritableDatabase, id: number, on: boolean): void {
	run(database, 'UPDATE tool_servers SET is_on = :on WHERE id = :id', { id, on: on ? 1 : 0 });
}

export function markServerDeleted(database: WritableDatabase, id: number, now: number): void {
	run(database, 'UPDATE tool_servers SET deleted_at = :now WHERE id = :id', { id, now });
}

/** Takes a removal back. Throws Failure `tool-server-unknown`, `tool-server-name-taken`. */
export function restoreServer(database: WritableDatabase, id: number): ServerRow {
	const removed = get<{ name: string }>(
		database,
		'SELECT name FROM tool_servers WHERE id = :id AND deleted_at IS NOT NULL',
		{ id },
	);
	if (removed !== undefined) {
		assertNameFree(database, removed.name);
		run(database, 'UPDATE tool_servers SET deleted_at = NULL WHERE id = :id', { id });
	}
	return getServer(database, id);
}

/** Deletes the servers that were removed, with their tools and permissions. Returns their keys. */
export function purgeServers(database: WritableDatabase): readonly string[] {
	const removed = all<{ key: string }>(database, 'SELECT key FROM tool_servers WHERE deleted_at IS NOT NULL');
	run(database, 'DELETE FROM tool_servers WHERE deleted_at IS NOT NULL');
	return removed.map(({ key }) => key);
}

/** A tool as it is stored. */
export interface ToolRow {
	readonly id: number;
	readonly server: ServerRow | null;
	readonly name: string;
	readonly isOn: boolean;
	/** As the person accepted it; null: built in. */
	readonly definition: ToolDefinition | null;
	readonly hash: string | null;
	/** What the server says now, if that is something else. */
	readonly changed: ToolDefinition | null;
	readonly isMissing: boolean;
}

interface ToolColumns {
	id: number;
	server_id: number | null;
	name: string;
	is_on: number;
	definition: string | null;
	hash: string | null;
	changed: string | null;
	is_missing: number;
}

const toolColumns = 'id, server_id, name, is_on, definition, hash, changed, is_missing';

function toolOf(row: ToolColumns, server: ServerRow | null): ToolRow {
	const definition = (json: string | null): ToolDefinition | null =>
		json === null ? null : (JSON.parse(json) as ToolDefinition);
	return {
		id: row.id,
		server,
		name: row.name,
		isOn: row.is_on === 1,
		definition: definition(row.definition),
		hash: row.hash,
		changed: definition(row.changed),
		isMissing: row.is_missing === 1,
	};
}

/** Built-in tools first, then by server and name. Those of removed servers are left out. */
export function listTools(database: ReadableDatabase): readonly ToolRow[] {
	const servers = new Map(listServers(database).map((server) => [server.id, server]));
	const order = [...servers.keys()];
	return all<ToolColumns>(database, `SELECT ${toolColumns} FROM tools ORDER BY id`)
		.flatMap((row) => {
			const server = row.server_id === null ? null : servers.get(row.server_id);
			return server === undefined ? [] : [toolOf(row, server)];
		})
		.sort((a, b) => {
			const place = (tool: ToolRow): number => (tool.server === null ? -1 : order.indexOf(tool.server.id));
			return place(a) - place(b) || (a.server === null ? a.id - b.id : a.name < b.name ? -1 : 1);
		});
}

/** Returns undefined if there is none, or its server was removed. */
export function findTool(database: ReadableDatabase, id: number): ToolRow | undefined {
	const row = get<ToolColumns>(database, `SELECT ${toolColumns} FROM tools WHERE id = :id`, { id });
	if (row === undefined) return undefined;
	if (row.server_id === null) return toolOf(row, null);
	const server = get<ServerColumns>(
		database,
		`SELECT ${serverColumns} FROM tool_servers WHERE id = :id AND deleted_at IS NULL`,
		{ id: row.server_id },
	);
	return server === undefined ? undefined : toolOf(row, serverOf(server));
}

/** Throws Failure `tool-unknown`. */
export function getTool(database: ReadableDatabase, id: number): ToolRow {
	const tool = findTool(database, id);
	if (tool !== undefined) return tool;
	throw new Failure({
		code: 'tool-unknown',
		message: said`There is no tool with the number ${id}.`,
		next: [said`See the tools in Settings, Tools, or with: assay tools list`],
	});
}

/** Makes the rows of built-in tools those of this version of Assay. New ones are off. */
export function syncBuiltInTools(database: WritableDatabase, names: readonly string[]): void {
	const known = all<{ name: string }>(database, 'SELECT name FROM tools WHERE server_id IS NULL').map(
		({ name }) => name,
	);
	transaction(database, () => {
		for (const name of names.filter((one) => !known.includes(one)))
			run(database, 'INSERT INTO tools (name) VALUES (:name)', { name });
		for (const name of known.filter((one) => !names.includes(one)))
			run(database, 'DELETE FROM tools WHERE server_id IS NULL AND name = :name', { name });
	});
}

/** A tool as its server describes it. */
export interface OfferedTool extends ToolDefinition {
	readonly name: string;
	readonly hash: string;
}

/**
 * Brings a server's tools up to date. New ones are off. A tool that is on keeps the definition that the person accepted;
 * what the server says now waits. A tool that is off takes it over, because switching it on shows it.
 */
export function syncServerTools(database: WritableDatabase, serverId: number, offered: readonly OfferedTool[]): void {
	const known = new Map(
		all<ToolColumns>(database, `SELECT ${toolColumns} FROM tools WHERE server_id = :serverId`, { serverId }).map(
			(row) => [row.name, row],
		),
	);
	transaction(database, () => {
		for (const { name, hash, description, inputSchema } of offered) {
			const definition = JSON.stringify({ description, inputSchema });
			const row = known.get(name);
			known.delete(name);
			if (row === undefined) {
				run(
					database,
					'INSERT INTO tools (server_id, name, definition, hash) VALUES (:serverId, :name, :definition, :hash)',
					{ serverId, name, definition, hash },
				);
			} else if (row.hash === hash) {
				run(database, 'UPDATE tools SET changed = NULL, is_missing = 0 WHERE id = :id', { id: row.id });
			} else if (row.is_on === 1) {
				run(database, 'UPDATE tools SET changed = :definition, is_missing = 0 WHERE id = :id', {
					id: row.id,
					definition,
				});
			} else {
				replaceDefinition(database, row.id, definition, hash);
			}
		}
		for (const { id } of known.values()) {
			// A server may have other tools each time: only those about which the person decided something are kept.
			run(
				database,
				`DELETE FROM tools WHERE id = :id AND is_on = 0
				 AND NOT EXISTS (SELECT 1 FROM tool_grants WHERE tool_id = :id)
				 AND NOT EXISTS (SELECT 1 FROM conversation_tools WHERE tool_id = :id)`,
				{ id },
			);
			run(database, 'UPDATE tools SET is_missing = 1 WHERE id = :id', { id });
		}
	});
}

function replaceDefinition(database: WritableDatabase, id: number, definition: string, hash: string): void {
	run(
		database,
		'UPDATE tools SET definition = :definition, hash = :hash, changed = NULL, is_missing = 0 WHERE id = :id',
		{ id, definition, hash },
	);
	// What was allowed for the old definition is asked again.
	run(database, 'DELETE FROM tool_grants WHERE tool_id = :id', { id });
}

/** The person accepts what the server says now; permissions for the old definition end. */
export function acceptDefinition(
	database: WritableDatabase,
	id: number,
	definition: ToolDefinition,
	hash: string,
): void {
	transaction(database, () => replaceDefinition(database, id, JSON.stringify(definition), hash));
}

export function setToolOn(database: WritableDatabase, id: number, on: boolean): void {
	run(database, 'UPDATE tools SET is_on = :on WHERE id = :id', { id, on: on ? 1 : 0 });
}

/** Tools that a conversation uses, or not, other than by default. */
export function toolChoices(database: ReadableDatabase, conversationId: number): ReadonlyMap<number, boolean> {
	return new Map(
		all<{ tool_id: number; is_used: number }>(
			database,
			'SELECT tool_id, is_used FROM conversation_tools WHERE conversation_id = :conversationId',
			{ conversationId },
		).map((row) => [row.tool_id, row.is_used === 1]),
	);
}

export function chooseTool(database: WritableDatabase, conversationId: number, toolId: number, used: boolean): void {
	run(
		database,
		`INSERT INTO conversation_tools (conversation_id, tool_id, is_used) VALUES (:conversationId, :toolId, :used)
		 ON CONFLICT DO UPDATE SET is_used = excluded.is_used`,
		{ conversationId, toolId, used: used ? 1 : 0 },
	);
}

interface GrantColumns {
	id: number;
	tool_id: number;
	conversation_id: number | null;
	conversation: string | null;
	pattern: string;
	created_at: number;
}

const selectGrants = `SELECT tool_grants.id, tool_id, conversation_id, title AS conversation, pattern, tool_grants.created_at
  FROM tool_grants LEFT JOIN conversations ON conversations.id = conversation_id`;

function grantOf(row: GrantColumns): ToolGrant {
	return {
		id: row.id,
		toolId: row.tool_id,
		conversationId: row.conversation_id,
		conversation: row.conversation,
		pattern: argumentPatternSchema.parse(JSON.parse(row.pattern)),
		createdAt: row.created_at,
	};
}

/** Every stored permission, newest first. */
export function listGrants(database: ReadableDatabase): readonly ToolGrant[] {
	return all<GrantColumns>(database, `${selectGrants} ORDER BY tool_grants.id DESC`).map(grantOf);
}

/** Permissions of a tool that hold in a conversation. */
export function grantsFor(
	database: ReadableDatabase,
	toolId: number,
	conversationId: number | null,
): readonly ToolGrant[] {
	return all<GrantColumns>(
		database,
		`${selectGrants} WHERE tool_id = :toolId AND (conversation_id IS NULL OR conversation_id = :conversationId)`,
		{ toolId, conversationId },
	).map(grantOf);
}

export function insertGrant(
	database: WritableDatabase,
	toolId: number,
	grant: { readonly conversationId: number | null; readonly pattern: ArgumentPattern; readonly now: number },
): ToolGrant {
	const { id } = run(
		database,
		`INSERT INTO tool_grants (tool_id, conversation_id, pattern, created_at)
		 VALUES (:toolId, :conversationId, :pattern, :now)`,
		{ toolId, conversationId: grant.conversationId, pattern: JSON.stringify(grant.pattern), now: grant.now },
	);
	return getGrant(database, id);
}

function getGrant(database: ReadableDatabase, id: number): ToolGrant {
	const row = get<GrantColumns>(database, `${selectGrants} WHERE tool_grants.id = :id`, { id });
	if (row !== undefined) return grantOf(row);
	throw new Failure({
		code: 'grant-unknown',
		message: said`There is no permission with the number ${id}.`,
		next: [said`See the permissions in Settings, Tools, or with: assay tools list`],
	});
}

/** Returns the permission that ended. Throws Failure `grant-unknown`. */
export function deleteGrant(database: WritableDatabase, id: number): ToolGrant {
	const grant = getGrant(database, id);
	run(database, 'DELETE FROM tool_grants WHERE id = :id', { id });
	return grant;
}

/** Ends every stored permission: calls are asked about again, and no folder may be read. */
export function deletePermissions(database: WritableDatabase): void {
	transaction(database, () => {
		run(database, 'DELETE FROM tool_grants');
		run(database, 'DELETE FROM tool_folders');
	});
}

export interface CallRecord {
	readonly at: number;
	readonly conversationId: number | null;
	readonly toolId: number;
	readonly server: string;
	readonly tool: string;
	readonly arguments: string;
	readonly decision: CallDecision;
	readonly outcome: CallOutcome;
	readonly resultBytes: number;
	readonly truncated: boolean;
	readonly ms: number;
}

/** Longest logged arguments, characters. */
const longestArguments = 100_000;

export function logCall(database: WritableDatabase, call: CallRecord): void {
	run(
		database,
		`INSERT INTO tool_calls (at, conversation_id, tool_id, server, tool, arguments, decision, outcome, result_bytes,
		   is_truncated, duration_ms)
		 VALUES (:at, :conversationId, :toolId, :server, :tool, :arguments, :decision, :outcome, :resultBytes, :truncated, :ms)`,
		{ ...call, arguments: call.arguments.slice(0, longestArguments), truncated: call.truncated ? 1 : 0 },
	);
}

/** Logged calls, newest first. */
export function listCalls(
	database: ReadableDatabase,
	{
		conversationId,
		before,
		limit,
	}: { readonly conversationId?: number | undefined; readonly before?: number | undefined; readonly limit: number },
): readonly LoggedCall[] {
	return all<Omit<LoggedCall, 'truncated'> & { truncated: number }>(
		database,
		`SELECT tool_calls.id, at, conversation_id AS conversationId, title AS conversation, server, tool, arguments, decision,
		   outcome, result_bytes AS resultBytes, is_truncated AS truncated, duration_ms AS ms
		 FROM tool_calls LEFT JOIN conversations ON conversations.id = conversation_id
		 WHERE cleared_at IS NULL AND (:conversationId IS NULL OR conversation_id = :conversationId) AND (:before IS NULL OR tool_calls.id < :before)
		 ORDER BY tool_calls.id DESC LIMIT :limit`,
		{ conversationId: conversationId ?? null, before: before ?? null, limit },
	).map((row) => ({ ...row, truncated: row.truncated === 1 }));
}

/** Hides the log, of a conversation or all. Returns the number of entries. */
export function hideCalls(database: WritableDatabase, conversationId: number | undefined, now: number): number {
	return run(
		database,
		`UPDATE tool_calls SET cleared_at = :now
		 WHERE cleared_at IS NULL AND (:conversationId IS NULL OR conversation_id = :conversationId)`,
		{ conversationId: conversationId ?? null, now },
	).changes;
}

/** Shows what was hidden then. Returns the number of entries. */
export function showCalls(database: WritableDatabase, hiddenAt: number): number {
	return run(database, 'UPDATE tool_calls SET cleared_at = NULL WHERE cleared_at = :hiddenAt', { hiddenAt }).changes;
}

/** Deletes what was hidden until then. */
export function deleteHiddenCalls(database: WritableDatabase, until: number): void {
	run(database, 'DELETE FROM tool_calls WHERE cleared_at <= :until', { until });
}

/** Folders that the file reader may read. */
export function listFolders(database: ReadableDatabase): string[] {
	return all<{ path: string }>(database, 'SELECT path FROM tool_folders ORDER BY path').map(({ path }) => path);
}

export function setFolders(database: WritableDatabase, folders: readonly string[], now: number): void {
	transaction(database, () => {
		run(database, 'DELETE FROM tool_folders');
		for (const path of new Set(folders))
			run(database, 'INSERT INTO tool_folders (path, added_at) VALUES (:path, :now)', { path, now });
	});
}
