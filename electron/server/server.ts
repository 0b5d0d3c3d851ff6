import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { failureFacts } from '../../models/contract/failure.ts';
import type { ServerKey, ServerScope, ServerStatus } from '../contract/server/schema.ts';
import { type Listening, listen } from '../loopback/listen.ts';
import { writeSettings } from '../settings/settings.ts';
import { countTokens, messages } from './anthropic/messages.ts';
import { chooseByKind } from './choose-by-kind.ts';
import { completionRoutes } from './completion-routes.ts';
import type { ServerContext } from './context.ts';
import { authorise, corsHeaders, requireKnownOrigin } from './http/authorise.ts';
import { errorFacts, HttpError, sendError, sendJson } from './http/errors.ts';
import { readJson } from './http/read-body.ts';
import type { Route } from './http/route.ts';
import { addKey, listKeys, restoreKey, revokeKey } from './keys.ts';
import { chat, listTags, ollamaVersion, showModel } from './ollama/ollama.ts';
import { chatCompletions } from './openai/chat-completions.ts';
import { listServedModels, modelEntry } from './openai/models.ts';
import { unknownFields } from './openai/request.ts';

/** The server that other programs on this computer use. Off until it is switched on. */
export interface ModelServer {
	status(): ServerStatus;
	/** Remembers that it is on. Returns a key if it made the first one. Throws Failure `port-taken`. */
	start(port?: number): Promise<{ readonly status: ServerStatus; readonly key: string | null }>;
	stop(): Promise<ServerStatus>;
	keys(): ServerKey[];
	addKey(name: string, scopes: readonly ServerScope[]): { readonly key: ServerKey; readonly secret: string };
	/** Throws Failure `server-key-unknown`. */
	revokeKey(id: number): ServerKey;
	/** Takes a revocation back. Throws Failure `server-key-unknown`. */
	restoreKey(id: number): ServerKey;
	/** Whether a request is being answered: measurements yield to it. */
	isAnswering(): boolean;
	/** Starts it if it was left switched on. Never throws: the status says why it isn't running. */
	resume(): Promise<void>;
	close(): Promise<void>;
}

/** Requests at once; a further one is told to come back. Each may wait for the others in the model's queue. */
const maxActive = 256;

/** Of one key. */
const maxActivePerKey = 64;

/** Largest head of a request, bytes. */
const maxHeaderSize = 16 * 1024;

export function createModelServer(application: Omit<ServerContext, 'beginAnswer'>): ModelServer {
	const { database, settings, clock, log, events } = application;
	let answering = 0;
	const context: ServerContext = {
		...application,
		beginAnswer() {
			answering += 1;
			events.publish({ type: 'temporary-started' });
			return () => {
				answering -= 1;
				events.publish({ type: 'temporary-ended' });
			};
		},
	};
	let running: { readonly listening: Listening; readonly end: () => Promise<void> } | null = null;
	let failure: Extract<ServerStatus, { state: 'failed' }> | null = null;
	let answered = 0;
	let active = 0;
	const activeByKey = new Map<number, number>();
	const named = new Set<string>();

	/** Names fields that are ignored, once each. */
	function noteUnknown(body: unknown): void {
		const fresh = unknownFields(body).filter((field) => !named.has(field) && named.size < 1_000);
		for (const field of fresh) named.add(field);
		if (fresh.length > 0) log(`server: requests with fields that Assay ignores: ${fresh.join(', ').slice(0, 500)}`);
	}

	const routes: Readonly<Record<string, Route>> = {
		'/health': {
			method: 'GET',
			scope: 'none',
			handle: async (_body, response) => sendJson(response, { status: 'ok' }),
		},
		'/v1/models': {
			method: 'GET',
			scope: null,
			handle: async (_body, response) => sendJson(response, listServedModels(context)),
		},
		'/v1/chat/completions': {
			method: 'POST',
			scope: 'inference',
			answers: true,
			async handle(body, response, signal) {
				noteUnknown(body);
				await chatCompletions(context, body, response, signal);
			},
		},
		'/v1/messages': {
			method: 'POST',
			scope: 'inference',
			answers: true,
			protocol: 'anthropic',
			handle: (body, response, signal) => messages(context, body, response, signal),
		},
		'/v1/messages/count_tokens': {
			method: 'POST',
			scope: 'inference',
			protocol: 'anthropic',
			handle: async (body, response, signal) => sendJson(response, await countTokens(context, body, signal)),
		},
		'/api/version': {
			method: 'GET',
			scope: 'none',
			protocol: 'ollama',
			handle: async (_body, response) => sendJson(response, { version: ollamaVersion }),
		},
		'/api/tags': {
			method: 'GET',
			scope: null,
			protocol: 'ollama',
			handle: async (_body, response) => sendJson(response, listTags(context)),
		},
		'/api/show': {
			method: 'POST',
			scope: null,
			protocol: 'ollama',
			handle: async (body, response) => sendJson(response, showModel(context, body)),
		},
		'/api/chat': {
			method: 'POST',
			scope: 'inference',
			answers: true,
			protocol: 'ollama',
			handle: (body, response, signal) => chat(context, body, response, signal),
		},
		...completionRoutes(context),
	};

	function routeOf(path: string): Route | null {
		if (Object.hasOwn(routes, path)) return routes[path] ?? null;
		const id = /^\/v1\/models\/([^/]+)$/.exec(path)?.[1];
		if (id === undefined) return null;
		return {
			method: 'GET',
			scope: null,
			handle: async (_body, response) =>
				sendJson(response, modelEntry(context, chooseByKind(context, decoded(id), ['model', 'embedding', 'reranker']))),
		};
	}

	async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
		requireKnownOrigin(request, settings().serverOrigins);
		for (const [header, value] of Object.entries(corsHeaders(request))) response.setHeader(header, value);
		if (request.method === 'OPTIONS') {
			response.writeHead(204).end();
			return;
		}
		const path = pathOf(request);
		const route = routeOf(path);
		if (route === null) {
			const known = Object.keys(routes).join(', ');
			throw new HttpError(404, `There is nothing at ${path.slice(0, 200)}. Assay serves ${known}.`);
		}
		const keyId = route.scope === 'none' ? null : authorise(context, request, route.scope);
		if (request.method !== route.method) {
			response.setHeader('allow', route.method);
			throw new HttpError(405, `${path} takes ${route.method}.`);
		}
		const leaving = new AbortController();
		response.on('close', () => {
			if (!response.writableFinished) leaving.abort(new Error('the client left'));
		});
		// A client that sends its body slowly takes no place.
		const body = route.method === 'POST' ? await readJson(request) : queryOf(request);
		if (route.answers !== true) return route.handle(body, response, leaving.signal);
		const release = admit(keyId ?? 0);
		try {
			await route.handle(body, response, leaving.signal);
			answered += 1;
		} finally {
			release();
		}
	}

	/** Throws HttpError 429. */
	function admit(keyId: number): () => void {
		const own = activeByKey.get(keyId) ?? 0;
		if (active >= maxActive || own >= maxActivePerKey) {
			const message =
				own >= maxActivePerKey
					? `This key has ${own} requests being answered, the most at once.`
					: `Assay is answering ${active} requests, the most at once.`;
			throw new HttpError(429, message, { code: 'too_many_requests', retryAfter: 5 });
		}
		active += 1;
		activeByKey.set(keyId, own + 1);
		return () => {
			active -= 1;
			const left = (activeByKey.get(keyId) ?? 1) - 1;
			if (left === 0) activeByKey.delete(keyId);
			else activeByKey.set(keyId, left);
		};
	}

	function serve(request: IncomingMessage, response: ServerResponse): void {
		response.setHeader('x-content-type-options', 'nosniff');
		response.setHeader('cache-control', 'no-store');
		answer(request, response).catch((error: unknown) => {
			if (response.destroyed) return;
			const facts = errorFacts(error);
			if (facts.status === 500) log(`server: ${String(error instanceof Error ? error.stack : error)}`);
			// What is left of a body that was refused isn't read.
			if (!request.complete) response.setHeader('connection', 'close');
			sendError(response, routeOf(pathOf(request))?.protocol ?? 'openai', facts);
		});
	}

	function status(): ServerStatus {
		if (running === null) return failure ?? { state: 'off' };
		const { port } = running.listening;
		return { state: 'on', url: `http://127.0.0.1:${port}/v1`, port, active, answered };
	}

	function remember(changes: { readonly serverOn: boolean; readonly serverPort?: number }): void {
		writeSettings(database, changes, clock());
		events.publish({ type: 'settings-changed' });
	}

	async function open(port: number): Promise<void> {
		const server = createServer({ maxHeaderSize, headersTimeout: 10_000, requestTimeout: 0, keepAliveTimeout: 5_000 });
		server.on('request', serve);
		const listening = await listen(server, port);
		running = {
			listening,
			async end() {
				const closed = listening.close();
				server.closeAllConnections();
				await closed;
			},
		};
		failure = null;
		answered = 0;
		log(`server: listening at port ${listening.port}`);
	}

	async function shut(): Promise<void> {
		const ending = running;
		running = null;
		await ending?.end();
	}

	/** One switch at a time. */
	let turn: Promise<unknown> = Promise.resolve();
	function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
		const mine = turn.then(work);
		turn = mine.catch(() => {});
		return mine;
	}

	return {
		status,
		start: (port = settings().serverPort) =>
			inTurn(async () => {
				if (running === null || running.listening.port !== port) {
					await shut();
					await open(port);
				}
				const usable = listKeys(database).some(({ revokedAt }) => revokedAt === null);
				const key = usable
					? null
					: addKey(database, { name: 'First key', scopes: ['inference', 'embeddings'] }, clock()).secret;
				remember({ serverOn: true, serverPort: port });
				return { status: status(), key };
			}),
		stop: () =>
			inTurn(async () => {
				await shut();
				failure = null;
				remember({ serverOn: false });
				return status();
			}),
		keys: () => listKeys(database),
		addKey: (name, scopes) => addKey(database, { name, scopes }, clock()),
		revokeKey: (id) => revokeKey(database, id, clock()),
		restoreKey: (id) => restoreKey(database, id),
		isAnswering: () => answering > 0,
		resume: () =>
			inTurn(async () => {
				if (!settings().serverOn) return;
				try {
					await open(settings().serverPort);
				} catch (error) {
					failure = { state: 'failed', failure: failureFacts(error) };
				}
			}),
		close: () => inTurn(shut),
	};
}

function pathOf({ url = '/' }: IncomingMessage): string {
	const [path = '/'] = url.split('?', 1);
	return path.length > 1 ? path.replace(/\/$/, '') : path;
}

/** Returns the query of a request; of a name that comes twice the last value. */
function queryOf({ url = '/' }: IncomingMessage): Readonly<Record<string, string>> {
	const at = url.indexOf('?');
	return at < 0 ? {} : Object.fromEntries(new URLSearchParams(url.slice(at + 1)));
}

function decoded(text: string): string {
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
}
