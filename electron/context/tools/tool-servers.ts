import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure, type FailureFacts, failureFacts } from '../../../models/contract/failure.ts';
import { said } from '../../../models/contract/said.ts';
import type { ToolServer, ToolServerState } from '../../contract/tools/schema.ts';
import type { WritableDatabase } from '../../database/database.ts';
import { listen } from '../../loopback/listen.ts';
import type { ParserProgram } from '../../parsing/parser-process.ts';
import { launchHash } from './pinned-definitions.ts';
import type { SecretStore } from './secrets.ts';
import { openConnection, type ServerConnection } from './server-connection.ts';
import type { ConnectedServer, ServerResult, ServerTarget, SignInState } from './server-protocol.ts';
import { getServer, type OfferedTool, type ServerRow, syncServerTools } from './store.ts';

export interface ToolServersContext {
	readonly database: WritableDatabase;
	readonly dataFolder: string;
	readonly secrets: SecretStore;
	readonly program: Partial<ParserProgram>;
	readonly networkBlocked: () => boolean;
	readonly onRequest: (request: { readonly host: string; readonly outcome: string; readonly bytes: number }) => void;
	/** A server's state or tools changed. */
	readonly onChanged: () => void;
	readonly log: (line: string) => void;
}

/** The servers that are configured: none runs before a person approved what it starts, and each at the first need. */
export interface ToolServers {
	view(server: ServerRow): ToolServer;
	/** Hash of everything that starts it now. */
	launchHash(server: ServerRow): string;
	/** What is stored when a person approves what starts it now. */
	approval(server: ServerRow): string;
	isApproved(server: ServerRow): boolean;
	/** Connects, if it isn't yet, and reads its tools. Rejects with what went wrong. */
	connect(id: number, options?: { readonly anew?: boolean }): Promise<void>;
	/** Calls a tool, and connects first where necessary. Rejects with a Failure, or the signal's reason. */
	call(
		server: ServerRow,
		request: { readonly name: string; readonly args: Readonly<Record<string, unknown>>; readonly timeoutMs: number },
		signal: AbortSignal,
	): Promise<ServerResult>;
	/** Returns the address at which the person signs in. The sign-in ends by itself. */
	signIn(id: number): Promise<string>;
	/** The network was blocked, or is open again. */
	setBlocked(blocked: boolean): void;
	disconnect(id: number): Promise<void>;
	disconnectAll(): Promise<void>;
	close(): Promise<void>;
}

/** A server that was used since the application started. */
interface Live {
	connection: ServerConnection | null;
	/** While it connects. */
	connecting: Promise<void> | null;
	state: Extract<ToolServerState, 'connecting' | 'connected' | 'sign-in' | 'failed' | 'ready'>;
	failure: FailureFacts | null;
	protocol: string | null;
	stderr: string;
	/** While a reading of its tools is due, or has just been: another change waits for it. */
	reread: { isDue: boolean } | null;
	/** Ends a sign-in that waits for the browser. */
	endSignIn: (() => void) | null;
}

/** How long a server may take to start, ms: `npx` and `uvx` download it first. */
const connectMs = 120_000;

/** Shortest time between two readings of a server's tools because it says that they changed, ms. */
const rereadMs = 5_000;

/** How long a person may take to sign in, ms. */
const signInMs = 10 * 60_000;

/** Kept of what a server writes to its standard error, characters. */
const keptStderr = 8_000;

export function createToolServers(context: ToolServersContext): ToolServers {
	const { database, dataFolder, secrets, log } = context;
	const live = new Map<number, Live>();
	let closed = false;

	function liveOf(id: number): Live {
		let one = live.get(id);
		if (one === undefined) {
			one = {
				connection: null,
				connecting: null,
				state: 'ready',
				failure: null,
				protocol: null,
				stderr: '',
				reread: null,
				endSignIn: null,
			};
			live.set(id, one);
		}
		return one;
	}
	function change(one: Live, changes: Partial<Live>): void {
		Object.assign(one, changes);
		context.onChanged();
	}
	const hashOf = (server: ServerRow): string => launchHash(server.launch, secrets.read(server.key).values);
	const approval = (server: ServerRow): string => secrets.approval(server.key, hashOf(server));
	const isApproved = (server: ServerRow): boolean => server.approved !== null && server.approved === approval(server);

	function targetOf({ key, launch }: ServerRow): ServerTarget {
		const { values, signIn } = secrets.read(key);
		if (launch.kind === 'url')
			return { kind: 'url', url: launch.url, headers: values, signIn: signIn as SignInState | null };
		const own = join(dataFolder, 'tools', key);
		// A server that writes where it stands writes into a folder of its own.
		if (launch.folder === null) mkdirSync(own, { recursive: true, mode: 0o700 });
		return { kind: 'command', command: launch.command, args: launch.args, env: values, folder: launch.folder ?? own };
	}

	function open(server: ServerRow, one: Live): ServerConnection {
		const connection = openConnection(context.program, {
			onToolsChanged() {
				if (one.connection === connection) void readChangedTools(server, one, connection);
			},
			onStderr(text) {
				one.stderr = `${one.stderr}${text}`.slice(-keptStderr);
			},
			onSignedIn(state) {
				secrets.write(server.key, { ...secrets.read(server.key), signIn: { ...state } });
			},
			onRequest: context.onRequest,
			onEnded() {
				if (one.connection !== connection) return;
				one.connection = null;
				// While it connects, that fails and says why.
				if (one.connecting === null && !closed) change(one, { state: 'failed', failure: ended().facts() });
			},
		});
		return connection;
	}

	/** Reads them at once, then at most every few seconds, however often the server says that they changed. */
	async function readChangedTools(server: ServerRow, one: Live, connection: ServerConnection): Promise<void> {
		if (one.reread !== null) {
			one.reread.isDue = true;
			return;
		}
		const reread = { isDue: true };
		one.reread = reread;
		while (reread.isDue && one.connection === connection) {
			reread.isDue = false;
			await readTools(server, one, connection);
			await sleep(rereadMs, undefined, { ref: false });
		}
		if (one.reread === reread) one.reread = null;
	}

	async function readTools(server: ServerRow, one: Live, connection: ServerConnection): Promise<void> {
		try {
			const tools = await connection.request<readonly OfferedTool[]>({ type: 'list', timeoutMs: 30_000 });
			syncServerTools(database, server.id, tools);
			context.onChanged();
		} catch (error) {
			if (one.connection === connection) log(`tools: ${server.name} didn’t tell its tools: ${String(error)}`);
		}
	}

	function connected(server: ServerRow, one: Live, { protocol, tools }: ConnectedServer): void {
		syncServerTools(database, server.id, tools);
		change(one, { state: 'connected', failure: null, protocol });
	}

	async function start(server: ServerRow, one: Live): Promise<void> {
		assertMayRun(server);
		await one.connection?.close();
		// It was switched off meanwhile, or the application closes: nobody would end what starts now.
		if (closed || live.get(server.id) !== one) throw ended();
		one.stderr = '';
		one.reread = null;
		change(one, { state: 'connecting', failure: null });
		const connection = open(server, one);
		one.connection = connection;
		try {
			const facts = await connection.request<ConnectedServer>({
				type: 'connect',
				target: targetOf(server),
				blocked: context.networkBlocked(),
				timeoutMs: connectMs,
			});
			connected(server, one, facts);
		} catch (error) {
			const failure = failureFacts(error);
			const asksToSignIn = failure.code === 'tool-server-sign-in';
			if (!asksToSignIn) {
				one.connection = null;
				await connection.close();
			}
			change(one, { state: asksToSignIn ? 'sign-in' : 'failed', failure: withStderr(failure, one.stderr) });
			throw error;
		}
	}

	function assertMayRun(server: ServerRow): void {
		if (closed) throw ended();
		if (!server.isOn) {
			throw new Failure({
				code: 'tool-server-off',
				message: said`The tool server “${server.name}” is off.`,
				next: [said`Switch it on in Settings, Tools`],
			});
		}
		if (isApproved(server)) return;
		throw new Failure({
			code: 'tool-server-not-approved',
			message: said`The tool server “${server.name}” may not run: its command or address has not been approved yet.`,
			next: [said`Read and approve its command in Settings, Tools, or with: assay tools allow ${server.name}`],
		});
	}

	async function connect(id: number, { anew = false } = {}): Promise<void> {
		const server = getServer(database, id);
		const one = liveOf(id);
		if (!anew && one.state === 'connected' && one.connection !== null) return assertMayRun(server);
		one.connecting ??= start(server, one).finally(() => {
			one.connecting = null;
		});
		await one.connecting;
	}

	async function disconnect(id: number): Promise<void> {
		const one = live.get(id);
		live.delete(id);
		one?.endSignIn?.();
		const connection = one?.connection ?? null;
		if (one !== undefined) one.connection = null;
		await connection?.close();
	}

	async function disconnectAll(): Promise<void> {
		await Promise.all([...live.keys()].map(disconnect));
	}

	return {
		view(server) {
			const one = live.get(server.id);
			const state: ToolServerState = !isApproved(server) ? 'waiting' : !server.isOn ? 'off' : (one?.state ?? 'ready');
			return {
				id: server.id,
				name: server.name,
				launch: server.launch,
				launchHash: hashOf(server),
				state,
				isOn: server.isOn,
				failure: one?.failure ?? null,
				protocol: one?.protocol ?? null,
				stderr: one?.stderr ?? '',
			};
		},
		launchHash: hashOf,
		approval,
		isApproved,
		connect,
		async call(server, { name, args, timeoutMs }, signal) {
			const one = liveOf(server.id);
			const connecting = connect(server.id);
			// A call that is stopped doesn't wait for a server to start; others may need it.
			await Promise.race([connecting, aborted(signal)]);
			if (one.connection === null) throw ended();
			try {
				return await one.connection.request<ServerResult>({ type: 'call', name, args, timeoutMs }, signal);
			} catch (error) {
				// Its sign-in ended, or isn't enough for this tool.
				const failure = failureFacts(error);
				if (failure.code === 'tool-server-sign-in') change(one, { state: 'sign-in', failure });
				throw error;
			}
		},
		async signIn(id) {
			const server = getServer(database, id);
			assertMayRun(server);
			const one = liveOf(id);
			one.endSignIn?.();
			if (one.connection === null) {
				await connect(id).catch((error: unknown) => {
					if (failureFacts(error).code !== 'tool-server-sign-in') throw error;
				});
			}
			const { connection } = one;
			if (connection === null) throw ended();
			const state = randomBytes(24).toString('base64url');
			const before = secrets.read(server.key).signIn as SignInState | null;
			const redirect = await listenForRedirect(state, before?.redirectUrl ?? null, (parameters) => {
				one.endSignIn = null;
				change(one, { state: 'connecting', failure: null });
				connection
					.request<ConnectedServer>({ type: 'finish-sign-in', parameters, timeoutMs: connectMs })
					.then((facts) => connected(server, one, facts))
					.catch((error: unknown) => change(one, { state: 'failed', failure: failureFacts(error) }));
			});
			one.endSignIn = redirect.close;
			try {
				const begun = await connection.request<{ readonly url: string } | ConnectedServer>({
					type: 'sign-in',
					redirectUrl: redirect.url,
					state,
					timeoutMs: connectMs,
				});
				if ('url' in begun) return httpUrl(begun.url);
				redirect.close();
				connected(server, one, begun);
				return '';
			} catch (error) {
				redirect.close();
				throw error;
			}
		},
		setBlocked(blocked) {
			for (const { connection } of live.values()) connection?.setBlocked(blocked);
		},
		disconnect,
		disconnectAll,
		async close() {
			closed = true;
			await disconnectAll();
		},
	};
}

/** Rejects with the signal's reason once it is aborted; never resolves. */
function aborted(signal: AbortSignal): Promise<never> {
	return new Promise((_resolve, reject) => {
		const stop = (): void => reject(signal.reason instanceof Error ? signal.reason : new Error('stopped'));
		if (signal.aborted) stop();
		else signal.addEventListener('abort', stop, { once: true });
	});
}

/** What a server wrote last often says why it ended. */
function withStderr(failure: FailureFacts, stderr: string): FailureFacts {
	const words = stderr.trim();
	return words === '' || failure.detail !== undefined ? failure : { ...failure, detail: words.slice(-2_000) };
}

/** A page opens this address: never anything but a web page. */
function httpUrl(text: string): string {
	const url = URL.parse(text);
	if (url?.protocol === 'https:' || url?.protocol === 'http:') return url.href;
	throw new Failure({
		code: 'tool-server-failed',
		message: said`The sign-in address that the tool server gave is not a web page.`,
		next: [said`Ask the people who run the server`],
	});
}

/** Waits at an address of this computer for the browser to come back from a sign-in, once, and only with this state. */
async function listenForRedirect(
	state: string,
	before: string | null,
	onReturn: (parameters: string) => void,
): Promise<{ readonly url: string; readonly close: () => void }> {
	const server = createServer((request, response) => {
		const url = URL.parse(request.url ?? '', 'http://127.0.0.1');
		const isReturn =
			request.method === 'GET' && url?.pathname === '/signed-in' && url.searchParams.get('state') === state;
		response.writeHead(isReturn ? 200 : 404, {
			'Content-Type': 'text/plain; charset=utf-8',
			'Referrer-Policy': 'no-referrer',
			'Cache-Control': 'no-store',
			Connection: 'close',
		});
		response.end(isReturn ? 'Signed in. You can close this page and go back to Assay.' : 'Not found');
		if (!isReturn || url === null) return;
		close();
		onReturn(url.search.slice(1));
	});
	// The address of the last sign-in, if nothing else listens there: the server knows Assay by it.
	const port = Number(URL.parse(before ?? '')?.port ?? 0);
	const listening = await listen(server, port).catch(() => listen(server));
	const timer = setTimeout(() => close(), signInMs);
	timer.unref();
	function close(): void {
		clearTimeout(timer);
		void listening.close();
		server.closeIdleConnections();
	}
	return { url: `http://127.0.0.1:${listening.port}/signed-in`, close };
}

function ended(): Failure {
	return new Failure({
		code: 'tool-server-died',
		message: said`The tool server ended unexpectedly.`,
		next: [said`Connect again in Settings, Tools`, said`Read its error output (stderr)`],
	});
}
