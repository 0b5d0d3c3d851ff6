import { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import {
	Client,
	type OAuthClientProvider,
	type OAuthDiscoveryState,
	SdkError,
	SdkErrorCode,
	SSEClientTransport,
	StreamableHTTPClientTransport,
	type Transport,
	UnauthorizedError,
} from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { Failure, failureFacts } from '../../../models/contract/failure.ts';
import { said } from '../../../models/contract/said.ts';
import { encodeFrame, FrameReader } from '../../parsing/frames.ts';
import { isDeeperThan } from '../../text/json-depth.ts';
import { guardAddresses, isLoopbackHost } from './address-guard.ts';
import { definitionHash } from './pinned-definitions.ts';
import { resultText } from './result-text.ts';
import {
	type ConnectedServer,
	type FromServerProcess,
	longestMessage,
	type ServerRequest,
	type ServerResult,
	type ServerTarget,
	type SignInState,
	serverDescriptor,
	type ToServerProcess,
	tookTooLong,
} from './server-protocol.ts';
import type { OfferedTool } from './store.ts';

/*
 * The entry of a process that speaks with one tool server. Whatever a server sends, only this process waits for it. It
 * leads a process group, in which a server that it starts lives too; when the application is gone, however it ended, the
 * group is ended.
 */

/** Messages that a server may send between two requests, and bytes of one message or HTTP answer. */
const flood = { messages: 20_000, messageBytes: 4 * 1024 * 1024, answerBytes: 64 * 1024 * 1024 };

/**
 * Limits on what a server may offer. In total they exceed any model's context, and the application still stores them
 * quickly. A schema with more levels is an attempt to overflow the stack of its readers.
 */
const toolLimits = {
	tools: 500,
	pages: 50,
	description: 20_000,
	schemaBytes: 200_000,
	schemaLevels: 64,
	allCharacters: 1_000_000,
};

/** A server may take long to start: `npx` downloads it first. The probe for the current protocol is short. */
const probeMs = 10_000;

/** How long a server has to end by itself once its input is closed, ms. */
const endMs = 500;

/** Interval at which the application hears what a server wrote to its standard error, ms. */
const stderrMs = 100;

/** Longest wait before a stream of events is opened again, ms: a server may close it at once, again and again. */
const reopenMs = { duringCall: 1_000, otherwise: 60_000 };

const output = new Socket({ fd: serverDescriptor, readable: false, writable: true });

function send(message: FromServerProcess): void {
	for (const part of encodeFrame(message)) output.write(part);
}

/** The end of what the server wrote since the application last heard of it. */
let stderr = '';

function keepStderr(piece: Buffer): void {
	if (stderr === '') setTimeout(sendStderr, stderrMs);
	stderr = `${stderr}${piece.toString('utf8')}`.slice(-4_000);
}

function sendStderr(): void {
	if (stderr !== '') send({ type: 'stderr', text: stderr });
	stderr = '';
}

let blocked = false;
let client: Client | null = null;
let transport: Transport | null = null;
let target: ServerTarget | null = null;
let signIn: SignInState | null = null;
let signInUrl: string | null = null;
let signInNonce = '';
let isSigningIn = false;
let discovery: OAuthDiscoveryState | undefined;
/** What the last sign-in asked for. */
let askedScope: string | null = null;
let messages = 0;
/** Streams of events that were opened since the last call. */
let streams = 0;
let closing = false;

/** Ends the server and this process. */
function endGroup(): never {
	if (process.platform !== 'win32') process.kill(-process.pid, 'SIGKILL');
	process.exit(1);
}

function flooded(): void {
	if (closing) return;
	closing = true;
	send({ type: 'stderr', text: '\nassay: the server sent more than Assay reads, so it was ended\n' });
	// The application notices when this process exits.
	setTimeout(endGroup, 50);
}

/** Counts what a server sends without being asked. */
function countMessages(of: Transport): void {
	const { onmessage, onerror } = of;
	of.onmessage = (message, extra) => {
		messages += 1;
		if (messages > flood.messages) flooded();
		else onmessage?.(message, extra);
	};
	of.onerror = (error) => {
		messages += 1;
		if (messages > flood.messages) flooded();
		else onerror?.(error);
	};
}

function newClient(mode: 'auto' | 'legacy'): Client {
	const made = new Client(
		{ name: 'assay', version: '1' },
		{
			// No roots, no sampling, no elicitation: a server asks the person nothing behind the tool's back.
			capabilities: {},
			versionNegotiation: { mode, probe: { timeoutMs: probeMs } },
			listMaxPages: toolLimits.pages,
			// Results are text for a model; a server's own schema doesn't run here.
			jsonSchemaValidator: {
				getValidator: () => (input) => ({ valid: true, data: input as never, errorMessage: undefined }),
			},
			listChanged: { tools: { autoRefresh: false, onChanged: () => send({ type: 'tools-changed' }) } },
		},
	);
	return made;
}

async function connectTo(to: ServerTarget, timeoutMs: number): Promise<ConnectedServer> {
	await disconnect();
	messages = 0;
	streams = 0;
	if (to.kind === 'command') await connectCommand(to, timeoutMs);
	else await connectUrl(to, timeoutMs);
	const connected = client!;
	connected.onclose = () => {
		if (closing) return;
		sendStderr();
		send({ type: 'closed' });
	};
	return { protocol: connected.getNegotiatedProtocolVersion() ?? '', tools: await listTools(timeoutMs) };
}

async function disconnect(): Promise<void> {
	const old = client;
	client = null;
	if (old === null) return;
	old.onclose = () => {};
	await old.close();
}

async function connectOver(made: Client, over: Transport, timeoutMs: number): Promise<void> {
	transport = over;
	await made.connect(over, { timeout: timeoutMs });
	countMessages(over);
	client = made;
}

async function connectCommand(to: Extract<ServerTarget, { kind: 'command' }>, timeoutMs: number): Promise<void> {
	const stdio = new StdioClientTransport({
		command: to.command,
		args: [...to.args],
		env: { ...to.env },
		cwd: to.folder,
		stderr: 'pipe',
		maxBufferSize: flood.messageBytes,
	});
	stdio.stderr?.on('data', keepStderr);
	await connectOver(newClient('auto'), stdio, timeoutMs);
}

async function connectUrl(to: Extract<ServerTarget, { kind: 'url' }>, timeoutMs: number): Promise<void> {
	const url = new URL(to.url);
	const options = {
		fetch: guardedFetch(url),
		requestInit: { headers: { ...to.headers } },
		...(signIn === null ? {} : { authProvider: provider() }),
	};
	try {
		await connectOver(newClient('auto'), new StreamableHTTPClientTransport(url, options), timeoutMs);
	} catch (error) {
		// Servers from before March 2025 answer a POST with one of these, and offer a stream of events.
		if (![400, 404, 405].includes(statusOf(error) ?? 0)) throw error;
		try {
			await connectOver(newClient('legacy'), new SSEClientTransport(url, options), timeoutMs);
		} catch {
			throw error;
		}
	}
}

/** Status of an HTTP error of the protocol's package. */
function statusOf(error: unknown): number | undefined {
	const { status, data, code } = (error ?? {}) as { status?: unknown; data?: { status?: unknown }; code?: unknown };
	return [status, data?.status, code].find((value): value is number => typeof value === 'number');
}

/** http(s) only, https anywhere but at the configured host; every request is reported, and no answer is endless. */
function guardedFetch(configured: URL): typeof fetch {
	return async (input, init) => {
		const url = new URL(input instanceof Request ? input.url : input);
		const host = url.hostname;
		const own = host === configured.hostname || (isLoopbackHost(configured.hostname) && isLoopbackHost(host));
		if (url.protocol !== 'https:' && !(url.protocol === 'http:' && own))
			throw new Error(`${url.origin} is not https, so it was not contacted`);
		await pauseBeforeStream(init);
		const report = (outcome: string, bytes: number): void => send({ type: 'request-sent', host, outcome, bytes });
		let response: Response;
		try {
			response = await fetch(input, { redirect: 'manual', ...init });
		} catch (error) {
			const aborted = init?.signal?.aborted === true;
			if (!aborted) report(causeOf(error), 0);
			throw error;
		}
		if (response.body === null) {
			report(String(response.status), 0);
			return response;
		}
		let bytes = 0;
		const reader = response.body.getReader();
		const counted = new ReadableStream<Uint8Array>({
			async pull(controller) {
				const { done, value } = await reader.read();
				if (done) {
					report(String(response.status), bytes);
					controller.close();
					return;
				}
				bytes += value.length;
				if (bytes > flood.answerBytes) throw new Error('the answer is longer than 64 MB');
				controller.enqueue(value);
			},
			// The client has what it needs: this is how it ends an event stream.
			cancel(reason) {
				report(String(response.status), bytes);
				return reader.cancel(reason);
			},
		});
		const answer = new Response(counted, response);
		Object.defineProperty(answer, 'url', { value: response.url });
		return answer;
	};
}

/**
 * Waits before a stream of events that was closed is opened again, the longer the more often: the protocol lets a server
 * name the time, which may be 0 ms, and each request is an entry in Activity. Rejects once the request is given up.
 */
async function pauseBeforeStream(init: RequestInit | undefined): Promise<void> {
	const isStream = new Headers(init?.headers).get('accept')?.includes('text/event-stream') === true;
	if (!isStream || (init?.method ?? 'GET') !== 'GET') return;
	const longest = running.size > 0 ? reopenMs.duringCall : reopenMs.otherwise;
	const pause = streams === 0 ? 0 : Math.min(longest, 250 * 2 ** streams);
	streams += 1;
	if (pause > 0) await sleep(pause, undefined, init?.signal ? { signal: init.signal } : {});
}

/** The first cause says more than "fetch failed". */
function causeOf(error: unknown): string {
	let at = error;
	while (at instanceof Error && at.cause instanceof Error && at.cause.message !== '') at = at.cause;
	return at instanceof Error ? at.message : String(at);
}

/** Gives the package what was kept of a sign-in, and passes on what it wants to keep. */
function provider(): OAuthClientProvider {
	const keep = (changes: Partial<SignInState>): void => {
		signIn = { ...(signIn ?? { redirectUrl: '' }), ...changes };
		send({ type: 'signed-in', state: signIn });
	};
	const kept = <T>(value: unknown): T | undefined => value as T | undefined;
	return {
		get redirectUrl() {
			return signIn?.redirectUrl;
		},
		get clientMetadata() {
			return {
				client_name: 'Assay',
				redirect_uris: [signIn?.redirectUrl ?? ''],
				grant_types: ['authorization_code', 'refresh_token'],
				response_types: ['code'],
				token_endpoint_auth_method: 'none',
				application_type: 'native',
			};
		},
		state: () => signInNonce,
		clientInformation: () => kept(signIn?.client),
		saveClientInformation: (information) => keep({ client: information }),
		tokens: () => kept(signIn?.tokens),
		saveTokens: (tokens) => keep({ tokens }),
		// Used only during one sign-in, which must stay with one authorisation server: a server may name another one
		// later.
		saveDiscoveryState(found) {
			discovery = found;
		},
		discoveryState: () => (isSigningIn ? discovery : undefined),
		redirectToAuthorization(url) {
			signInUrl = url.href;
		},
		saveCodeVerifier: (verifier) => keep({ verifier }),
		codeVerifier: () => signIn?.verifier ?? '',
		invalidateCredentials(scope) {
			const gone: Partial<Record<typeof scope, Partial<SignInState>>> = {
				tokens: { tokens: undefined },
				client: { client: undefined },
				all: { tokens: undefined, client: undefined },
			};
			keep(gone[scope] ?? {});
		},
	};
}

async function beginSignIn(
	redirectUrl: string,
	state: string,
	timeoutMs: number,
): Promise<{ url: string } | ConnectedServer> {
	const pending = signInUrl === null ? null : new URL(signInUrl);
	const scope = pending?.searchParams.get('scope') ?? null;
	signInUrl = null;
	isSigningIn = true;
	// A tool needs more scopes than the sign-in granted: the package has prepared a request that adds them.
	if (pending !== null && signIn?.redirectUrl === redirectUrl && scope !== null && scope !== askedScope) {
		askedScope = scope;
		pending.searchParams.set('state', state);
		return { url: pending.href };
	}
	// A client is registered for the address that its sign-in comes back to, so a new address is a new client.
	signIn = { redirectUrl };
	signInNonce = state;
	discovery = undefined;
	try {
		return await connectTo(target!, timeoutMs);
	} catch (error) {
		if (signInUrl === null) throw error;
		askedScope = new URL(signInUrl).searchParams.get('scope');
		const url = signInUrl;
		signInUrl = null;
		return { url };
	}
}

async function finishSignIn(parameters: string, timeoutMs: number): Promise<ConnectedServer> {
	if (!(transport instanceof StreamableHTTPClientTransport || transport instanceof SSEClientTransport))
		throw new Error('no sign-in was begun');
	await transport.finishAuth(new URLSearchParams(parameters));
	isSigningIn = false;
	return await connectTo(target!, timeoutMs);
}

async function listTools(timeoutMs: number): Promise<readonly OfferedTool[]> {
	const { tools } = await client!.listTools({}, { timeout: timeoutMs, cacheMode: 'refresh' });
	const names = new Set<string>();
	let room = toolLimits.allCharacters;
	return tools.slice(0, toolLimits.tools).flatMap(({ name, description = '', inputSchema }) => {
		// A second tool of a name would hide behind the first one's permission.
		if (!/^[\w.\-/]{1,128}$/.test(name) || names.has(name)) return [];
		if (description.length > toolLimits.description || isDeeperThan(inputSchema, toolLimits.schemaLevels - 1))
			return [];
		const schemaCharacters = JSON.stringify(inputSchema).length;
		const characters = name.length + description.length + schemaCharacters;
		if (schemaCharacters > toolLimits.schemaBytes || characters > room) return [];
		room -= characters;
		names.add(name);
		const definition = { description, inputSchema: inputSchema as Record<string, unknown> };
		return [{ name, hash: definitionHash(name, definition), ...definition }];
	});
}

async function callTool(
	{ name, args, timeoutMs }: Extract<ServerRequest, { type: 'call' }>,
	signal: AbortSignal,
): Promise<ServerResult> {
	messages = 0;
	streams = 0;
	const over = transport;
	try {
		const result = await client!.callTool(
			{ name, arguments: { ...args } },
			{ signal, timeout: timeoutMs, maxTotalTimeout: timeoutMs },
		);
		return resultText(result);
	} catch (error) {
		const hadSession = over instanceof StreamableHTTPClientTransport && over.sessionId !== undefined;
		if (hadSession && statusOf(error) === 404) await connectAgain(over, timeoutMs);
		throw error;
	}
}

/** The server was restarted and no longer knows the session: the next call has a new one. This one isn't repeated. */
async function connectAgain(lost: Transport, timeoutMs: number): Promise<void> {
	// Another call noticed it first.
	if (transport !== lost) return;
	await connectTo(target!, timeoutMs);
	send({ type: 'tools-changed' });
}

async function perform(request: ServerRequest, signal: AbortSignal): Promise<unknown> {
	switch (request.type) {
		case 'connect': {
			target = request.target;
			blocked = request.blocked;
			if (target.kind === 'url') {
				signIn = target.signIn;
				guardAddresses({ host: new URL(target.url).hostname.toLowerCase(), isBlocked: () => blocked });
			}
			return await connectTo(target, request.timeoutMs);
		}
		case 'list':
			return await listTools(request.timeoutMs);
		case 'call':
			return await callTool(request, signal);
		case 'sign-in':
			return await beginSignIn(request.redirectUrl, request.state, request.timeoutMs);
		case 'finish-sign-in':
			return await finishSignIn(request.parameters, request.timeoutMs);
	}
}

/** What went wrong, for people. */
function explain(error: unknown, timeoutMs: number): Failure {
	if (error instanceof Failure) return error;
	if (error instanceof UnauthorizedError || statusOf(error) === 401) {
		return new Failure({
			code: 'tool-server-sign-in',
			message: said`The tool server requires you to sign in.`,
			next: [said`Sign in to it in Settings, Tools`],
		});
	}
	if (error instanceof SdkError && error.code === SdkErrorCode.RequestTimeout) return tookTooLong(timeoutMs);
	const cause = causeOf(error);
	if ((error as { code?: unknown } | null)?.code === 'ENOENT') {
		return new Failure({
			code: 'tool-server-command-missing',
			message: said`The tool server can’t be started: its command was not found (${cause}).`,
			next: [said`Install the program`, said`Enter the full path of the command`],
		});
	}
	return new Failure({
		code: 'tool-server-failed',
		message: said`The tool server failed: ${cause}`,
		next: [said`Connect again in Settings, Tools`, said`Read its error output (stderr)`],
	});
}

const running = new Map<number, AbortController>();

async function answer({ id, request }: Extract<ToServerProcess, { type: 'request' }>): Promise<void> {
	const controller = new AbortController();
	running.set(id, controller);
	try {
		send({ type: 'answer', id, result: await perform(request, controller.signal) });
	} catch (error) {
		sendStderr();
		send({ type: 'failed', id, failure: failureFacts(explain(error, request.timeoutMs)) });
	} finally {
		running.delete(id);
	}
}

const reader = new FrameReader(longestMessage);
process.stdin.on('data', (piece: Buffer) => {
	for (const { message } of reader.push(piece) ?? []) {
		const received = message as ToServerProcess;
		if (received.type === 'request') void answer(received);
		else if (received.type === 'cancel') running.get(received.id)?.abort();
		else blocked = received.blocked;
	}
});
/** The application closed, or is gone: the server may finish what it writes. */
function endSoon(): void {
	if (closing) return;
	closing = true;
	setTimeout(endGroup, endMs);
	void disconnect().finally(endGroup);
}
for (const event of ['end', 'close', 'error']) process.stdin.on(event, endSoon);
output.on('error', endSoon);
process.on('uncaughtException', (error) => {
	send({ type: 'stderr', text: `assay: ${String(error)}\n` });
});
process.on('unhandledRejection', (error) => {
	send({ type: 'stderr', text: `assay: ${String(error)}\n` });
});
