import { randomUUID } from 'node:crypto';
import { rmSync, statSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { Failure, failureFacts } from '../../../models/contract/failure.ts';
import { said } from '../../../models/contract/said.ts';
import type { McpClientName, McpConfig } from '../../contract/server/mcp-config.ts';
import type {
	ArgumentPattern,
	CallDecision,
	CallOutcome,
	ImportPreview,
	LastingScope,
	LoggedCall,
	ServerInput,
	ToolArguments,
	ToolDefinition,
	ToolGrant,
	ToolOffer,
	ToolResult,
	ToolServer,
	ToolsView,
	ToolView,
} from '../../contract/tools/schema.ts';
import type { CallPlace, ConversationTools } from '../../conversation/conversation-tools.ts';
import { estimateTokens } from '../../conversation/count-tokens.ts';
import { getConversation } from '../../conversation/store/conversations.ts';
import type { WritableDatabase } from '../../database/database.ts';
import type { EventBus } from '../../events.ts';
import type { ParserProgram } from '../../parsing/parser-process.ts';
import { type BuiltInContext, builtInNames, findBuiltIn } from './built-in/built-in-tools.ts';
import { isServerUrl, previewConfig, readServers, shownLaunch, writeConfig } from './config-files.ts';
import { coversArguments } from './permissions.ts';
import { definitionHash } from './pinned-definitions.ts';
import { limitResult } from './result-text.ts';
import { openSecrets } from './secrets.ts';
import type { ServerResult } from './server-protocol.ts';
import {
	acceptDefinition,
	approveLaunch,
	assertNameFree,
	chooseTool,
	deleteGrant,
	deleteHiddenCalls,
	deletePermissions,
	findTool,
	getServer,
	getTool,
	grantsFor,
	hideCalls,
	insertGrant,
	insertServer,
	isNameTaken,
	listCalls,
	listFolders,
	listGrants,
	listServers,
	listTools,
	logCall,
	markServerDeleted,
	purgeServers,
	restoreServer,
	setFolders,
	setServerOn,
	setToolOn,
	showCalls,
	syncBuiltInTools,
	type ToolRow,
	toolChoices,
} from './store.ts';
import { createToolServers } from './tool-servers.ts';

export interface ToolsContext extends Pick<BuiltInContext, 'runScript' | 'searchDocuments'> {
	readonly database: WritableDatabase;
	readonly events: EventBus;
	readonly dataFolder: string;
	/** The code of server processes, and what runs it. */
	readonly program: Partial<ParserProgram>;
	readonly networkBlocked: () => boolean;
	/** Exact numbers of the loaded model; null: none is loaded. */
	readonly countTokens: (texts: readonly string[]) => Promise<readonly number[] | null>;
	/** Milliseconds since 1970. */
	readonly clock: () => number;
	readonly log: (line: string) => void;
}

/** Tools of all conversations, their servers and their permissions. */
export interface Tools extends ConversationTools {
	view(): Promise<ToolsView>;
	/** Throws Failure `tool-unknown`, `conversation-unknown`. */
	use(conversationId: number, toolId: number, used: boolean): void;
	setTool(id: number, on: boolean): Promise<ToolView>;
	acceptTool(id: number, hash: string): Promise<ToolView>;
	addServer(input: ServerInput): ToolServer;
	approveServer(id: number, hash: string): Promise<ToolServer>;
	connectServer(id: number): Promise<ToolServer>;
	setServer(id: number, on: boolean): Promise<ToolServer>;
	removeServer(id: number): Promise<void>;
	restoreServer(id: number): ToolServer;
	signIn(id: number): Promise<string>;
	previewImport(text: string): ImportPreview;
	importServers(text: string, names: readonly string[], inputs: Readonly<Record<string, string>>): ToolServer[];
	exportServers(client: McpClientName): McpConfig;
	setFolders(folders: readonly string[]): string[];
	revokeGrant(id: number): ToolGrant;
	/** As `grant`; returns the stored permission, null for one of a temporary conversation. */
	grantStored(toolId: number, pattern: ArgumentPattern, scope: LastingScope, place: CallPlace): ToolGrant | null;
	callByHand(toolId: number, args: ToolArguments, signal: AbortSignal): Promise<ToolResult>;
	calls(filter: {
		readonly conversationId?: number | undefined;
		readonly before?: number | undefined;
		readonly limit: number;
	}): { calls: LoggedCall[]; more: boolean };
	clearLog(conversationId: number | undefined): { deleted: number; clearedAt: number };
	/** Returns the number of entries that are back. */
	restoreLog(clearedAt: number): number;
	close(): Promise<void>;
}

/** How long a cleared log can be taken back, ms. */
const undoMs = 60_000;

/** A server's key, which names a folder: a database from elsewhere may hold anything. */
const serverKey = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;

/** How long a tool that is called by hand may take, ms. */
const byHandMs = 120_000;

/** Definitions whose tokens are kept: more than all servers of a person offer. */
const mostCounted = 2_000;

/** A permission in a temporary conversation: kept in memory, and for the tool as it was then. */
interface PassingGrant {
	readonly toolId: number;
	readonly hash: string | null;
	readonly place: string;
	readonly pattern: ArgumentPattern;
}

export function createTools(context: ToolsContext): Tools {
	const { database, events, dataFolder, clock } = context;
	const secrets = openSecrets(dataFolder);
	syncBuiltInTools(database, builtInNames);
	let isClosed = false;
	let passing: readonly PassingGrant[] = [];
	/**
	 * Deletes the hidden log, and what is left of servers that were removed: rows, secrets, and the folders that they ran
	 * in. Servers that this database doesn't know may be those of another one, which can be restored.
	 */
	function purge(): void {
		deleteHiddenCalls(database, Number.MAX_SAFE_INTEGER);
		const removed = purgeServers(database).filter((key) => serverKey.test(key));
		secrets.remove(removed);
		for (const key of removed) rmSync(join(dataFolder, 'tools', key), { recursive: true, force: true });
	}
	purge();
	/** Logs a failed deletion, for example on a full disk. The next start repeats it. */
	function deleteOrLeave(work: () => void): void {
		try {
			work();
		} catch (error) {
			context.log(`tools: not everything could be deleted: ${String(error)}`);
		}
	}
	const changed = (): void => events.publish({ type: 'tools-changed' });
	const servers = createToolServers({
		database,
		dataFolder,
		secrets,
		program: context.program,
		networkBlocked: context.networkBlocked,
		onRequest: (request) =>
			events.publish({ type: 'network-request', at: clock(), purpose: 'a tool server', ...request }),
		onChanged: changed,
		log: context.log,
	});
	const unsubscribe = events.subscribe((event) => {
		if (event.type === 'settings-changed') servers.setBlocked(context.networkBlocked());
		// Another model counts tokens differently.
		else if (event.type === 'model-state') exactTokens.clear();
		else if (event.type === 'data-replaced') {
			// The data was replaced: servers reconnect, and a backup from an older version has other built-in tools.
			void servers.disconnectAll();
			// The backup's permissions may come from another computer, or have been taken back since.
			deletePermissions(database);
			passing = [];
			syncBuiltInTools(database, builtInNames);
		}
	});
	const builtIn: BuiltInContext = {
		clock,
		files: () => ({ folders: listFolders(database), except: dataFolder }),
		runScript: context.runScript,
		searchDocuments: context.searchDocuments,
	};
	/** Token counts of the loaded model, by text. Emptied when full, because a server may keep sending new texts. */
	const exactTokens = new Map<string, number>();

	const definitionOf = (tool: ToolRow): ToolDefinition =>
		tool.definition ?? findBuiltIn(tool.name)?.definition ?? { description: '', inputSchema: {} };

	/** Names for the model. Built-in tools keep theirs: no server can take the place of one. */
	function offeredNames(tools: readonly ToolRow[]): ReadonlyMap<number, string> {
		// Also the names of built-in tools that are off: an answer that called one may continue.
		const taken = new Set<string>(builtInNames);
		const names = new Map<number, string>();
		// Tools that are on first, so that what is off changes no name.
		for (const tool of [...tools].sort((a, b) => Number(b.isOn) - Number(a.isOn))) {
			if (tool.server === null) {
				names.set(tool.id, tool.name);
				continue;
			}
			const plain = tool.name.replaceAll(/[^\w-]/g, '_').slice(0, 64);
			const prefix = tool.server.name.replaceAll(/[^\w-]/g, '_');
			let name = taken.has(plain) ? `${prefix}__${plain}`.slice(0, 64) : plain;
			for (let number = 2; taken.has(name); number += 1) name = `${plain.slice(0, 60)}_${number}`;
			taken.add(name);
			names.set(tool.id, name);
		}
		return names;
	}

	async function tokensOf(tools: readonly { readonly text: string }[]): Promise<readonly number[]> {
		const texts = tools.map(({ text }) => text);
		if (exactTokens.size > mostCounted) exactTokens.clear();
		const unknown = texts.filter((text) => !exactTokens.has(text));
		const counted = unknown.length === 0 ? [] : await context.countTokens(unknown).catch(() => null);
		for (const [index, text] of unknown.entries()) {
			const count = counted?.[index];
			if (count !== undefined) exactTokens.set(text, count);
		}
		return texts.map((text) => exactTokens.get(text) ?? estimateTokens(text));
	}

	/** About what a chat template writes of it. */
	function promptText(name: string, { description, inputSchema }: ToolDefinition): string {
		return JSON.stringify({ type: 'function', function: { name, description, parameters: inputSchema } });
	}

	async function viewTools(tools: readonly ToolRow[], all = listTools(database)): Promise<ToolView[]> {
		const names = offeredNames(all);
		const facts = tools.map((tool) => {
			const definition = definitionOf(tool);
			const name = names.get(tool.id) ?? tool.name;
			return { tool, name, definition, text: promptText(name, definition) };
		});
		const tokens = await tokensOf(facts);
		return facts.map(({ tool, name, definition }, index) => ({
			id: tool.id,
			serverId: tool.server?.id ?? null,
			name: tool.name,
			offeredName: name,
			...definition,
			tokens: tokens[index] ?? 0,
			isOn: tool.isOn,
			changed: tool.changed === null ? null : { ...tool.changed, hash: definitionHash(tool.name, tool.changed) },
			isMissing: tool.isMissing,
		}));
	}

	async function viewTool(id: number): Promise<ToolView> {
		const [view] = await viewTools([getTool(database, id)]);
		return view!;
	}

	/** Whether it could be called, permissions aside. */
	function isUsable(tool: ToolRow): boolean {
		if (!tool.isOn || tool.isMissing || tool.changed !== null) return false;
		return tool.server === null || (tool.server.isOn && servers.isApproved(tool.server));
	}

	function isUsed(tool: ToolRow, place: CallPlace): boolean {
		const conversationId = storedPlace(place);
		const choice = conversationId === null ? undefined : toolChoices(database, conversationId).get(tool.id);
		return choice ?? tool.isOn;
	}

	/** What allows a call; null: nothing yet. */
	function permission(tool: ToolRow, args: ToolArguments, place: CallPlace): CallDecision | null {
		const fits = grantsAt(tool, place).filter(({ pattern }) => coversArguments(pattern, args));
		if (fits.length === 0) return null;
		return fits.some(({ isEverywhere }) => isEverywhere) ? 'always' : 'conversation';
	}

	/** Permissions of a tool that hold at a place. */
	function grantsAt(tool: ToolRow, place: CallPlace) {
		const stored = grantsFor(database, tool.id, storedPlace(place)).map(({ pattern, conversationId }) => ({
			pattern,
			isEverywhere: conversationId === null,
		}));
		const own = passing.filter((one) => one.toolId === tool.id && one.hash === tool.hash && one.place === place);
		return [...stored, ...own.map(({ pattern }) => ({ pattern, isEverywhere: false }))];
	}

	/** Ends what was allowed in temporary conversations, of these tools. */
	function forget(isEnded: (tool: ToolRow | undefined) => boolean): void {
		passing = passing.filter(({ toolId }) => !isEnded(findTool(database, toolId)));
	}

	async function perform(
		tool: ToolRow,
		args: ToolArguments,
		{ signal, timeoutMs }: { readonly signal: AbortSignal; readonly timeoutMs: number },
	): Promise<{ readonly result: ServerResult; readonly outcome: CallOutcome }> {
		const late = AbortSignal.timeout(timeoutMs);
		const either = AbortSignal.any([signal, late]);
		try {
			const result = await Promise.race([run(tool, args, either, timeoutMs), rejection(either)]);
			return { result, outcome: result.isError ? 'error' : 'done' };
		} catch (error) {
			if (signal.aborted) return { result: limitResult('The call was stopped.', true), outcome: 'stopped' };
			const failure = failureFacts(error);
			if (late.aborted || failure.code === 'tool-server-timeout') {
				const seconds = Math.round(timeoutMs / 1000);
				return { result: limitResult(`The tool did not answer within ${seconds} s.`, true), outcome: 'timeout' };
			}
			if (failure.code === 'internal') context.log(`tools: ${tool.name} failed: ${String(error)}`);
			return { result: limitResult(failure.message, true), outcome: 'error' };
		}
	}

	async function run(
		tool: ToolRow,
		args: ToolArguments,
		signal: AbortSignal,
		timeoutMs: number,
	): Promise<ServerResult> {
		if (tool.server !== null) return await servers.call(tool.server, { name: tool.name, args, timeoutMs }, signal);
		const found = findBuiltIn(tool.name);
		if (found === undefined) throw unknownTool();
		const { content, isError } = await found.run(args, builtIn, signal);
		return limitResult(content, isError);
	}

	function record(
		tool: ToolRow,
		args: ToolArguments,
		conversationId: number | null,
		facts: {
			readonly decision: CallDecision;
			readonly outcome: CallOutcome;
			readonly bytes: number;
			readonly truncated: boolean;
			readonly ms: number;
		},
	): void {
		try {
			logCall(database, {
				at: clock(),
				conversationId,
				toolId: tool.id,
				server: tool.server?.name ?? '',
				tool: tool.name,
				arguments: JSON.stringify(args),
				decision: facts.decision,
				outcome: facts.outcome,
				resultBytes: facts.bytes,
				truncated: facts.truncated,
				ms: facts.ms,
			});
		} catch (error) {
			// A conversation that was deleted meanwhile has no log; a full disk is reported where the answer is stored.
			context.log(`tools: a call was not logged: ${String(error)}`);
		}
	}

	async function callAs(
		decision: CallDecision,
		tool: ToolRow,
		args: ToolArguments,
		options: { readonly signal: AbortSignal; readonly timeoutMs: number; readonly place: CallPlace },
		keep: boolean,
	): Promise<ToolResult> {
		const start = performance.now();
		const { result, outcome } = await perform(tool, args, options);
		const ms = performance.now() - start;
		if (keep) record(tool, args, storedPlace(options.place), { decision, outcome, ...result, ms });
		return { ...result, ms };
	}

	function refused(tool: ToolRow | undefined, args: ToolArguments, place: CallPlace, why: string): ToolResult {
		const result = limitResult(why, true);
		const conversationId = storedPlace(place);
		if (tool !== undefined && conversationId !== null)
			record(tool, args, conversationId, { decision: 'refused', outcome: 'refused', ...result, bytes: 0, ms: 0 });
		return { ...result, ms: 0 };
	}

	/** Throws Failure `tool-server-url`, `tool-server-name-taken`. */
	function assertAddable({ name, launch }: ServerInput): void {
		if (launch.kind === 'url') assertServerUrl(launch.url);
		assertNameFree(database, name);
	}

	function addServer(input: ServerInput): ToolServer {
		// Before anything is stored: a refused server leaves no secrets behind.
		assertAddable(input);
		const { name, launch } = input;
		const key = randomUUID();
		const values = launch.kind === 'command' ? launch.env : launch.headers;
		if (Object.keys(values).length > 0) secrets.write(key, { values, signIn: null });
		const server = insertServer(database, { key, name, launch: shownLaunch(launch), now: clock() });
		changed();
		return servers.view(server);
	}

	function grantStored(
		toolId: number,
		pattern: ArgumentPattern,
		scope: LastingScope,
		place: CallPlace,
	): ToolGrant | null {
		const { hash } = getTool(database, toolId);
		const isEverywhere = scope === 'always';
		if (!isEverywhere && typeof place !== 'number') {
			if (place !== null) passing = [...passing, { toolId, hash, place, pattern }];
			return null;
		}
		const conversationId = isEverywhere ? null : storedPlace(place);
		const stored = insertGrant(database, toolId, { conversationId, pattern, now: clock() });
		changed();
		return stored;
	}

	return {
		async listTools(place) {
			const conversationId = storedPlace(place);
			if (conversationId !== null) getConversation(database, conversationId);
			const rows = listTools(database);
			const choices = conversationId === null ? new Map<number, boolean>() : toolChoices(database, conversationId);
			const views = await viewTools(rows, rows);
			return rows.flatMap((tool, index): ToolOffer[] => {
				const view = views[index]!;
				if (tool.isMissing) return [];
				const isOpen = grantsAt(tool, place).some(({ pattern }) => pattern.kind === 'any');
				const state =
					tool.changed !== null && tool.isOn ? 'changed' : !isUsable(tool) ? 'off' : isOpen ? 'allowed' : 'ask';
				return [
					{
						id: tool.id,
						server: tool.server?.name ?? null,
						name: view.offeredName,
						description: view.description,
						inputSchema: view.inputSchema,
						tokens: view.tokens,
						state,
						used: choices.get(tool.id) ?? tool.isOn,
					},
				];
			});
		},
		decidePermission(toolId, args, place) {
			const tool = findTool(database, toolId);
			if (tool === undefined || !isUsable(tool) || !isUsed(tool, place)) return 'refuse';
			return permission(tool, args, place) === null ? 'ask' : 'allow';
		},
		async callTool(toolId, args, options) {
			const { place, isAllowedOnce } = options;
			const tool = findTool(database, toolId);
			if (tool === undefined || !isUsable(tool) || !isUsed(tool, place))
				return refused(tool, args, place, 'This tool is not available.');
			const decision = permission(tool, args, place) ?? (isAllowedOnce ? 'once' : null);
			if (decision === null) return refused(tool, args, place, 'The user has not allowed this call.');
			return await callAs(decision, tool, args, options, typeof place === 'number');
		},
		refuseCall: (toolId, args, place) =>
			refused(findTool(database, toolId), args, place, 'The user refused this call.'),
		grant(toolId, pattern, scope, place) {
			grantStored(toolId, pattern, scope, place);
		},
		keepGrants(chat, conversationId) {
			const own = passing.filter(({ place }) => place === chat);
			for (const { toolId, hash, pattern } of own)
				if (findTool(database, toolId)?.hash === hash)
					insertGrant(database, toolId, { conversationId, pattern, now: clock() });
			if (own.length > 0) changed();
		},
		grantStored,
		async view() {
			const rows = listTools(database);
			return {
				servers: listServers(database).map((server) => servers.view(server)),
				tools: await viewTools(rows, rows),
				grants: [...listGrants(database)],
				folders: listFolders(database),
			};
		},
		chooseTools(conversationId, toolIds) {
			for (const tool of listTools(database)) {
				const used = toolIds.includes(tool.id);
				if (isUsed(tool, conversationId) !== used) chooseTool(database, conversationId, tool.id, used);
			}
			changed();
		},
		use(conversationId, toolId, used) {
			getConversation(database, conversationId);
			getTool(database, toolId);
			chooseTool(database, conversationId, toolId, used);
			changed();
		},
		async setTool(id, on) {
			const tool = getTool(database, id);
			setToolOn(database, id, on);
			if (!on) forget((one) => one === undefined || one.id === id);
			// A tool that is off takes over the pending definition: switching it on again shows it.
			if (!on && tool.changed !== null)
				acceptDefinition(database, id, tool.changed, definitionHash(tool.name, tool.changed));
			changed();
			return await viewTool(id);
		},
		async acceptTool(id, hash) {
			const { name, changed: waiting } = getTool(database, id);
			if (waiting !== null) {
				if (definitionHash(name, waiting) !== hash) throw changedAgain();
				acceptDefinition(database, id, waiting, hash);
				changed();
			}
			return await viewTool(id);
		},
		addServer,
		async approveServer(id, hash) {
			const server = getServer(database, id);
			if (servers.launchHash(server) !== hash) throw launchChanged();
			approveLaunch(database, id, servers.approval(server));
			if (!server.isOn) setServerOn(database, id, true);
			changed();
			// Its state says how that went.
			await servers.connect(id, { anew: true }).catch(() => {});
			return servers.view(getServer(database, id));
		},
		async connectServer(id) {
			await servers.connect(id, { anew: true });
			return servers.view(getServer(database, id));
		},
		async setServer(id, on) {
			setServerOn(database, getServer(database, id).id, on);
			if (!on) {
				forget((tool) => tool === undefined || tool.server?.id === id);
				await servers.disconnect(id);
			}
			changed();
			return servers.view(getServer(database, id));
		},
		async removeServer(id) {
			getServer(database, id);
			markServerDeleted(database, id, clock());
			forget((tool) => tool === undefined);
			await servers.disconnect(id);
			changed();
		},
		restoreServer(id) {
			const server = restoreServer(database, id);
			changed();
			return servers.view(server);
		},
		signIn: (id) => servers.signIn(id),
		previewImport: (text) => previewConfig(text, (name) => isNameTaken(database, name)),
		importServers(text, names, inputs) {
			const added = readServers(text, names, inputs);
			// All of them or none.
			for (const server of added) assertAddable(server);
			return added.map(addServer);
		},
		exportServers: (client) => writeConfig(client, listServers(database)),
		setFolders(folders) {
			for (const folder of folders) assertFolder(folder);
			setFolders(
				database,
				folders.map((folder) => resolve(folder)),
				clock(),
			);
			changed();
			return listFolders(database);
		},
		revokeGrant(id) {
			const grant = deleteGrant(database, id);
			changed();
			return grant;
		},
		async callByHand(toolId, args, signal) {
			const tool = getTool(database, toolId);
			return await callAs('by-hand', tool, args, { signal, timeoutMs: byHandMs, place: null }, true);
		},
		calls({ conversationId, before, limit }) {
			const found = listCalls(database, { conversationId, before, limit: limit + 1 });
			return { calls: found.slice(0, limit), more: found.length > limit };
		},
		clearLog(conversationId) {
			const clearedAt = clock();
			const deleted = hideCalls(database, conversationId, clearedAt);
			setTimeout(() => {
				if (!isClosed) deleteOrLeave(() => deleteHiddenCalls(database, clearedAt));
			}, undoMs).unref();
			changed();
			return { deleted, clearedAt };
		},
		restoreLog(clearedAt) {
			const restored = showCalls(database, clearedAt);
			changed();
			return restored;
		},
		async close() {
			isClosed = true;
			unsubscribe();
			await servers.close();
			deleteOrLeave(purge);
		},
	};
}

/** The conversation whose rows a call concerns; null: there are none. */
const storedPlace = (place: CallPlace): number | null => (typeof place === 'number' ? place : null);

function rejection(signal: AbortSignal): Promise<never> {
	return new Promise((_resolve, reject) => {
		const stop = (): void => reject(signal.reason instanceof Error ? signal.reason : new Error('stopped'));
		if (signal.aborted) stop();
		else signal.addEventListener('abort', stop, { once: true });
	});
}

/** Throws Failure `tool-server-url`. */
function assertServerUrl(text: string): void {
	if (isServerUrl(text)) return;
	throw new Failure({
		code: 'tool-server-url',
		message: said`“${text.slice(0, 200)}” can’t be the address of a tool server: it must begin with https:// or http:// and contain no user name or password.`,
		next: [said`Copy the address from the server’s documentation`, said`Send a password as a header`],
	});
}

function assertFolder(path: string): void {
	if (isAbsolute(path) && statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return;
	throw new Failure({
		code: 'not-a-folder',
		message: said`${path} is not a folder.`,
		next: [said`Enter the full path of a folder`],
	});
}

function unknownTool(): Failure {
	return new Failure({
		code: 'tool-unknown',
		message: said`This tool no longer exists.`,
		next: [said`See the tools in Settings, Tools, or with: assay tools list`],
	});
}

function changedAgain(): Failure {
	return new Failure({
		code: 'tool-changed-again',
		message: said`The tool changed again since it was shown.`,
		next: [said`Read its new description`],
	});
}

function launchChanged(): Failure {
	return new Failure({
		code: 'launch-changed',
		message: said`The server’s configuration has changed since it was shown.`,
		next: [said`Read and approve it again`],
	});
}
