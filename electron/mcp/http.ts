import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { toNodeHandler } from '@modelcontextprotocol/node';
import {
	createMcpHandler,
	isLegacyRequest,
	type McpRequestContext,
	type McpServer,
	WebStandardStreamableHTTPServerTransport,
} from '@modelcontextprotocol/server';
import type { McpGrants } from './context.ts';

/** Largest message of a client, bytes: a dataset to import. */
const maxRequestBodySize = 32 * 1024 * 1024;

/** How long a session of a client of the older protocol lives without a request, ms. */
const sessionIdleMs = 30 * 60 * 1_000;

/** Sessions at once; the one that rested longest makes room. */
const maxSessions = 64;

/** Who asks: a key's number (null: no key), and what it may do. */
export interface McpClient {
	readonly keyId: number | null;
	readonly grants: McpGrants;
}

export interface McpHttp {
	/** Answers one request to `/mcp`; Host, Origin and key are checked already. Resolves once the response has ended. */
	handle(request: IncomingMessage, response: ServerResponse, client: McpClient): Promise<void>;
	close(): Promise<void>;
}

interface Session {
	readonly transport: WebStandardStreamableHTTPServerTransport;
	readonly server: McpServer;
	readonly keyId: number | null;
	lastUsed: number;
	/** Requests being answered. */
	active: number;
}

/** One HTTP request; it travels through the packages as their `authInfo`. */
interface Exchange {
	readonly client: McpClient;
	/** The session that answers it; null: none yet, or the protocol has none. */
	session: Session | null;
}

/**
 * Serves MCP over HTTP; `serverOf` creates the server of a client. Clients of the current protocol have no session. Older
 * ones get one, because their cancellations are requests of their own, which must find the call that they are about.
 */
export function createMcpHttp(serverOf: (client: McpClient) => McpServer, log: (line: string) => void): McpHttp {
	const sessions = new Map<string, Session>();
	const onerror = (error: Error): void => log(`mcp: ${error.message}`);
	const modern = createMcpHandler((context) => serverOf(exchangeOf(context).client), {
		legacy: 'reject',
		maxRequestBodySize,
		onerror,
	});
	const answer = toNodeHandler(
		{
			fetch: async (request, from = {}) =>
				(await isLegacyRequest(request, undefined, { maxRequestBodySize }))
					? answerLegacy(request, exchangeOf(from))
					: modern.fetch(request, from),
		},
		{ maxRequestBodySize, onerror },
	);
	const sweeper = setInterval(() => void closeResting(sessionIdleMs, sessions.size), 60_000);
	sweeper.unref();

	/** Ends up to `most` sessions that have rested this long, the longest first. */
	async function closeResting(restedMs: number, most: number): Promise<void> {
		const now = performance.now();
		const resting = [...sessions]
			.filter(([, { active, lastUsed }]) => active === 0 && now - lastUsed >= restedMs)
			.toSorted(([, a], [, b]) => a.lastUsed - b.lastUsed);
		for (const [id, { server }] of resting.slice(0, most)) {
			sessions.delete(id);
			await server.close();
		}
	}

	async function openSession(client: McpClient): Promise<Session> {
		await closeResting(0, sessions.size - maxSessions + 1);
		const server = serverOf(client);
		const transport = new WebStandardStreamableHTTPServerTransport({
			sessionIdGenerator: () => randomUUID(),
			maxRequestBodySize,
			onsessioninitialized: (id) => void sessions.set(id, session),
			onsessionclosed: (id) => void sessions.delete(id),
		});
		const session: Session = { transport, server, keyId: client.keyId, lastUsed: performance.now(), active: 0 };
		transport.onerror = onerror;
		await server.connect(transport);
		return session;
	}

	async function answerLegacy(request: Request, exchange: Exchange): Promise<Response> {
		const id = request.headers.get('mcp-session-id');
		const known = id === null ? undefined : sessions.get(id);
		// A session belongs to the key that opened it: another one doesn't learn that it exists.
		if (id !== null && known?.keyId !== exchange.client.keyId) {
			return Response.json(
				{ jsonrpc: '2.0', error: { code: -32_001, message: 'Session not found' }, id: null },
				{ status: 404 },
			);
		}
		const session = known ?? (await openSession(exchange.client));
		session.active += 1;
		exchange.session = session;
		return session.transport.handleRequest(request);
	}

	return {
		async handle(request, response, client) {
			const exchange: Exchange = { client, session: null };
			const auth = {
				token: '',
				clientId: String(client.keyId),
				scopes: [...client.grants.scopes],
				extra: { exchange },
			};
			try {
				const { method = 'GET', url = '/' } = request;
				await answer(Object.assign(request, { auth, method, url }), response);
			} finally {
				const { session } = exchange;
				if (session !== null) {
					session.active -= 1;
					session.lastUsed = performance.now();
					// Its first message was no `initialize`, so nobody can use it again.
					if (session.transport.sessionId === undefined) await session.server.close();
				}
			}
		},
		async close() {
			clearInterval(sweeper);
			const open = [...sessions.values()];
			sessions.clear();
			await Promise.all([modern.close(), ...open.map(({ server }) => server.close())]);
		},
	};
}

function exchangeOf({ authInfo }: Pick<McpRequestContext, 'authInfo'>): Exchange {
	const exchange = authInfo?.extra?.exchange;
	if (exchange === undefined) throw new Error('a request of nobody');
	return exchange as Exchange;
}
