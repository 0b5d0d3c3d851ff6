import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { z } from 'zod';
import { failureFacts } from '../../models/contract/failure.ts';
import type { Alias, AliasInput } from '../contract/server/recipe.ts';
import type { KeyLimits } from '../contract/server/request-log.ts';
import type { ServerKey, ServerScope, ServerStatus } from '../contract/server/schema.ts';
import { type Listening, listen } from '../loopback/listen.ts';
import { aliasHistory, findAlias, listAliases } from '../settings/aliases.ts';
import { writeSettings } from '../settings/settings.ts';
import { removeAlias, restoreAlias, setAlias } from './aliases.ts';
import { countTokens, messages, messagesSchema } from './anthropic/messages.ts';
import { modelsOfKind } from './choose-by-kind.ts';
import { chooseServed, type ServedModel, servedId } from './choose-served-model.ts';
import { completionRoutes } from './completion-routes.ts';
import type { ServerContext, ServerOptions } from './context.ts';
import { feedbackSchema, takeFeedback } from './feedback.ts';
import { corsHeaders, findClientKey, foreignRequest } from './http/authorise.ts';
import { errorFacts, HttpError, onError, sendError, sendJson } from './http/errors.ts';
import { createRateLimit } from './http/rate-limit.ts';
import { readJson } from './http/read-body.ts';
import type { Route } from './http/route.ts';
import { addKey, listKeys, restoreKey, revokeKey, setKeyLimits } from './keys.ts';
import { createRequestLog, type RequestLog } from './log/request-log.ts';
import { clientLeft, type RequestRecord } from './log/request-record.ts';
import { createServerMetrics } from './metrics.ts';
import { createModelQueue } from './model-queue.ts';
import { chat, chatSchema, listTags, ollamaVersion, showModel, showSchema } from './ollama/ollama.ts';
import { chatCompletions } from './openai/chat-completions.ts';
import { listServedModels, servedModelEntry } from './openai/models.ts';
import { chatRequestSchema } from './openai/request.ts';
import { responses } from './openai/responses.ts';
import { responsesSchema } from './openai/responses-request.ts';
import { openApiDocument } from './openapi.ts';
import { type ChoiceScorer, createChoiceScorer } from './score-choices.ts';

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
	/** Throws Failure `server-key-unknown`. */
	setKeyLimits(id: number, limits: KeyLimits): ServerKey;
	/** Requests of other programs. */
	readonly requests: RequestLog;
	aliases(): Alias[];
	aliasHistory(name: string): Alias[];
	/** `before`: what counted until now. Throws what `setAlias` throws. */
	setAlias(input: AliasInput): { readonly alias: Alias; readonly before: Alias | null };
	/** Throws Failure `alias-unknown`. */
	removeAlias(name: string): Alias;
	/** Throws Failure `alias-unknown`. */
	restoreAlias(changeId: number): Alias;
	/** Returns the model that a name stands for, and its recipe. Throws what `chooseServed` throws. */
	resolveModel(name: string): ServedModel;
	/** Throws what `ChoiceScorer.score` throws. */
	scoreChoices: ChoiceScorer['score'];
	/** Whether a request is being answered: measurements yield to it. */
	isAnswering(): boolean;
	/** Starts it if it was left switched on. Never throws: the status says why it isn't running. */
	resume(): Promise<void>;
	close(): Promise<void>;
}

/** Largest head of a request, bytes. */
const maxHeaderSize = 16 * 1024;

/** Where agents connect: the Model Context Protocol, over HTTP. */
const mcpPath = '/mcp';

/** Answers MCP requests whose Host, Origin and key are checked. */
export interface McpRoute {
	/** `key` null: a client without one, on a server that is open. */
	handle(
		request: IncomingMessage,
		response: ServerResponse,
		key: { readonly id: number; readonly scopes: readonly ServerScope[] } | null,
	): Promise<void>;
	/** Cancels what is being answered and ends every session; requests may come again later. */
	end(): Promise<void>;
}

export function createModelServer({ deletionClock, ...application }: ServerOptions, mcp: McpRoute): ModelServer {
	const { database, settings, clock, log, events, library } = application;
	let answering = 0;
	const metrics = createServerMetrics();
	const requests = createRequestLog({ ...application, ...(deletionClock === undefined ? {} : { deletionClock }) });
	const queue = createModelQueue({
		loaded: (id) => library.loaded(id) !== null,
		hasRoom: (id) => library.hasRoom(id),
	});
	const shared: Omit<ServerContext, 'record'> = {
		...application,
		metrics,
		queue,
		beginAnswer() {
			answering += 1;
			events.publish({ type: 'temporary-started' });
			return () => {
				answering -= 1;
				events.publish({ type: 'temporary-ended' });
			};
		},
	};
	const choices = createChoiceScorer(shared);
	let running: { readonly listening: Listening; readonly end: () => Promise<void> } | null = null;
	let failure: Extract<ServerStatus, { state: 'failed' }> | null = null;
	let answered = 0;
	const limit = createRateLimit();
	const named = new Set<string>();

	/** Names fields that are ignored, once each. */
	function noteUnknown(body: unknown, schema: z.ZodType | undefined): void {
		if (typeof body !== 'object' || body === null || !(schema instanceof z.ZodObject)) return;
		const fresh = Object.keys(body)
			.filter((field) => !Object.hasOwn(schema.shape, field))
			.filter((field) => !named.has(field) && named.size < 1_000);
		for (const field of fresh) named.add(field);
		if (fresh.length > 0) log(`server: requests with fields that Assay ignores: ${fresh.join(', ').slice(0, 500)}`);
	}

	const routesFor = (context: ServerContext): Readonly<Record<string, Route>> => ({
		'/health': {
			method: 'GET',
			scope: 'none',
			handle: async (_body, response) => sendJson(response, { status: 'ok' }),
		},
		'/v1/models': {
			summary: 'The models, in OpenAI’s form',
			method: 'GET',
			scope: null,
			handle: async (_body, response) => sendJson(response, listServedModels(context)),
		},
		'/v1/chat/completions': {
			summary: 'A chat answer, in OpenAI’s form',
			body: chatRequestSchema,
			method: 'POST',
			scope: 'inference',
			answers: true,
			handle: (body, response, signal) => chatCompletions(context, body, response, signal),
		},
		'/v1/responses': {
			summary: 'An answer, in the form of OpenAI’s Responses API',
			body: responsesSchema,
			method: 'POST',
			scope: 'inference',
			answers: true,
			handle: (body, response, signal) => responses({ ...context, requests }, body, response, signal),
		},
		'/v1/messages': {
			summary: 'A chat answer, in Anthropic’s form',
			body: messagesSchema,
			method: 'POST',
			scope: 'inference',
			answers: true,
			protocol: 'anthropic',
			handle: (body, response, signal) => messages(context, body, response, signal),
		},
		'/v1/messages/count_tokens': {
			summary: 'The number of tokens of a prompt, in Anthropic’s form',
			body: messagesSchema,
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
			summary: 'One model, in Ollama’s form',
			body: showSchema,
			method: 'POST',
			scope: null,
			protocol: 'ollama',
			handle: async (body, response) => sendJson(response, showModel(context, body)),
		},
		'/api/chat': {
			summary: 'A chat answer, in Ollama’s form',
			body: chatSchema,
			method: 'POST',
			scope: 'inference',
			answers: true,
			protocol: 'ollama',
			handle: (body, response, signal) => chat(context, body, response, signal),
		},
		...completionRoutes(context),
		'/v1/feedback': {
			summary: 'A rating or a correction of an earlier answer',
			body: feedbackSchema,
			method: 'POST',
			scope: 'feedback',
			handle: async (body, response) => sendJson(response, takeFeedback({ ...context, requests }, body)),
		},
		'/metrics': {
			method: 'GET',
			scope: null,
			summary: 'Queue, tokens, times, cache and memory, in Prometheus’ text format',
			async handle(_body, response) {
				const models = modelsOfKind(context, ['model', 'embedding', 'reranker']).flatMap((model) => {
					const engine = library.loaded(model.id);
					return engine === null ? [] : [{ model, name: servedId(model), bytes: engine.capabilities().residentBytes }];
				});
				const text = await metrics.text({ active: limit.active, waiting: queue.waiting(), models });
				response.writeHead(200, { 'content-type': metrics.contentType }).end(text);
			},
		},
		'/openapi.json': {
			method: 'GET',
			scope: 'none',
			summary: 'This document',
			handle: async (_body, response) => sendJson(response, openApiDocument(routesFor(context))),
		},
	});

	function routeOf(path: string, context: ServerContext): Route | null {
		const routes = routesFor(context);
		if (Object.hasOwn(routes, path)) return routes[path] ?? null;
		const id = /^\/v1\/models\/([^/]+)$/.exec(path)?.[1];
		if (id === undefined) return null;
		return {
			name: '/v1/models/{model}',
			method: 'GET',
			scope: null,
			handle: async (_body, response) => sendJson(response, namedEntry(context, decoded(id))),
		};
	}

	async function answer(request: IncomingMessage, response: ServerResponse, record: RequestRecord): Promise<void> {
		for (const [header, value] of Object.entries(corsHeaders(request))) response.setHeader(header, value);
		if (request.method === 'OPTIONS') {
			response.writeHead(204).end();
			return;
		}
		const context: ServerContext = { ...shared, record };
		const path = pathOf(request);
		if (path === mcpPath) {
			record.route = mcpPath;
			return answerMcp(request, response, record);
		}
		const route = routeOf(path, context);
		if (route === null) {
			const known = [...Object.keys(routesFor(context)), mcpPath].join(', ');
			throw new HttpError(404, `There is nothing at ${path.slice(0, 200)}. Assay serves ${known}.`);
		}
		record.route = route.name ?? path;
		const key = route.scope === 'none' ? null : findClientKey(context, request, route.scope);
		record.key = key === null ? null : { id: key.id, name: key.name };
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
		record.read(route.method === 'POST' ? body : null);
		noteUnknown(body, route.body);
		if (route.answers !== true) return route.handle(body, response, leaving.signal);
		const release = limit.admit(key, response);
		try {
			await route.handle(body, response, leaving.signal);
			answered += 1;
		} finally {
			release();
		}
	}

	async function answerMcp(request: IncomingMessage, response: ServerResponse, record: RequestRecord): Promise<void> {
		const key = findClientKey(shared, request, null);
		record.key = key === null ? null : { id: key.id, name: key.name };
		// A stream that only listens takes no place.
		const release = request.method === 'POST' ? limit.admit(key, response) : () => {};
		try {
			await mcp.handle(request, response, key === null ? null : { id: key.id, scopes: key.scopes });
			if (request.method === 'POST') answered += 1;
		} finally {
			release();
		}
	}

	/** Routes that say nothing of what is asked are not recorded. */
	const unrecorded: ReadonlySet<string> = new Set(['/health', '/metrics', '/openapi.json', '/api/version']);

	function serve(request: IncomingMessage, response: ServerResponse): void {
		response.setHeader('x-content-type-options', 'nosniff');
		response.setHeader('cache-control', 'no-store');
		const path = pathOf(request);
		const foreign = foreignRequest(request, settings().serverOrigins);
		// Any page in a browser could fill the log.
		const isRecorded = foreign === null && request.method !== 'OPTIONS' && !unrecorded.has(path);
		const record = requests.begin(clientOf(request), isRecorded);
		onError(response, (facts) => record.failed(facts));
		response.on('close', () => {
			record.end(response.writableFinished ? response.statusCode : clientLeft);
			requests.ended(record);
			if (isRecorded) metrics.ended(record);
		});
		const answering = foreign === null ? answer(request, response, record) : Promise.reject(foreign);
		answering.catch((error: unknown) => {
			if (response.destroyed) return;
			const facts = errorFacts(error);
			if (facts.status === 500) log(`server: ${String(error instanceof Error ? error.stack : error)}`);
			// What is left of a body that was refused isn't read.
			if (!request.complete) response.setHeader('connection', 'close');
			if (facts.status === 401) response.setHeader('www-authenticate', 'Bearer');
			sendError(response, routeOf(path, { ...shared, record })?.protocol ?? 'openai', facts);
		});
	}

	function status(): ServerStatus {
		if (running === null) return failure ?? { state: 'off' };
		const { port } = running.listening;
		return { state: 'on', url: `http://127.0.0.1:${port}/v1`, port, active: limit.active, answered };
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
		await mcp.end();
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
					// A port that is taken leaves the running server as it is.
					const before = running;
					await open(port);
					await before?.end();
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
		setKeyLimits: (id, limits) => setKeyLimits(database, id, limits),
		requests,
		aliases: () => listAliases(database),
		aliasHistory: (name) => aliasHistory(database, name),
		setAlias(input) {
			const before = findAlias(database, input.name) ?? null;
			return { alias: setAlias(shared, input), before };
		},
		removeAlias: (name) => removeAlias(shared, name),
		restoreAlias: (changeId) => restoreAlias(shared, changeId),
		resolveModel: (name) => chooseServed(shared, name),
		scoreChoices: choices.score,
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
		close: () =>
			inTurn(async () => {
				await shut();
				await requests.close();
				await choices.close();
			}),
	};
}

function pathOf({ url = '/' }: IncomingMessage): string {
	const [path = '/'] = url.split('?', 1);
	return path.length > 1 ? path.replace(/\/$/, '') : path;
}

/** Returns the program that a request says it comes from: the first words of its User-Agent. */
function clientOf({ headers }: IncomingMessage): string {
	return (headers['user-agent'] ?? '')
		.replaceAll(/[^\x20-\x7e]/g, '')
		.slice(0, 120)
		.trim();
}

/** Returns the query of a request; of a name that comes twice the last value. */
function queryOf({ url = '/' }: IncomingMessage): Readonly<Record<string, string>> {
	const at = url.indexOf('?');
	return at < 0 ? {} : Object.fromEntries(new URLSearchParams(url.slice(at + 1)));
}

/** Returns the entry of a model of any kind as it was named. Throws Failure `model-unknown`, `model-ambiguous`. */
function namedEntry(context: ServerContext, name: string) {
	const named = modelsOfKind(context, ['embedding', 'reranker']).find((model) => servedId(model) === name);
	if (named !== undefined) return servedModelEntry(context, { model: named, alias: null });
	return servedModelEntry(context, chooseServed(context, name));
}

function decoded(text: string): string {
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
}
