import type { Implementer } from '../../../../electron/api/implementer.ts';
import type {
	KeyUsage,
	Percentiles,
	RequestBody,
	RequestFilter,
	ServerRequest,
} from '../../../../electron/contract/server/request-log.ts';
import type { ServerStatus } from '../../../../electron/contract/server/schema.ts';
import { Failure } from '../../../../models/contract/failure.ts';
import type { FakeApplication } from '../fake-application.ts';
import { unscripted } from '../unscripted.ts';

export interface FakeServer {
	status: ServerStatus;
	live: ServerRequest[];
	/** Ended requests, newest first. */
	ended: ServerRequest[];
	bodies: Map<number, RequestBody>;
}

export function fakeServer(): FakeServer {
	return { status: { state: 'off' }, live: [], ended: [], bodies: new Map() };
}

/** Handlers of the requests of other programs, kept in memory with the fake. */
export function requestHandlers(fake: FakeApplication, os: Implementer) {
	const { server } = fake.data;
	const fitting = (filter: RequestFilter) => server.ended.filter((request) => fits(request, filter));
	return {
		liveRequests: os.server.liveRequests.handler(() => ({ requests: server.live })),
		requests: os.server.requests.handler(({ input: { filter, before, limit } }) => {
			const found = fitting(filter);
			const older = before === undefined ? found : found.filter(({ id }) => id < before);
			return { requests: older.slice(0, limit), total: found.length };
		}),
		requestFigures: os.server.requestFigures.handler(({ input }) => {
			const found = fitting(input.filter);
			const sum = (value: (request: ServerRequest) => number | null) =>
				found.reduce((total, request) => total + (value(request) ?? 0), 0);
			return {
				requests: found.length,
				failed: found.filter((request) => isFailed(request)).length,
				left: found.filter(({ status }) => status === 499).length,
				promptTokens: sum(({ promptTokens }) => promptTokens),
				cachedTokens: sum(({ cachedTokens }) => cachedTokens),
				completionTokens: sum(({ completionTokens }) => completionTokens),
				queueMs: percentiles(found.map(({ queueMs }) => queueMs)),
				ttftMs: percentiles(found.map(({ ttftMs }) => ttftMs)),
				durationMs: percentiles(found.map(({ durationMs }) => durationMs)),
				tokensPerSecond: percentiles(
					found.map(({ completionTokens, generationMs }) =>
						completionTokens === null || generationMs === null ? null : ((completionTokens - 1) * 1_000) / generationMs,
					),
				),
				clients: counted(found.map(({ client }) => client)),
				models: counted(found.map(({ model }) => model)),
				routes: counted(found.map(({ route }) => route)),
				errors: counted(found.map(({ errorCode }) => errorCode ?? '')),
			};
		}),
		keyUsage: os.server.keyUsage.handler(() => {
			const usage = new Map<number, KeyUsage>();
			for (const request of server.ended) {
				const id = request.key?.id ?? 0;
				const before = usage.get(id);
				usage.set(id, {
					key: request.key,
					requests: (before?.requests ?? 0) + 1,
					failed: (before?.failed ?? 0) + (isFailed(request) ? 1 : 0),
					promptTokens: (before?.promptTokens ?? 0) + (request.promptTokens ?? 0),
					cachedTokens: (before?.cachedTokens ?? 0) + (request.cachedTokens ?? 0),
					completionTokens: (before?.completionTokens ?? 0) + (request.completionTokens ?? 0),
					lastAt: Math.max(before?.lastAt ?? 0, request.startedAt),
				});
			}
			return { keys: [...usage.values()].toSorted((a, b) => b.requests - a.requests) };
		}),
		request: os.server.request.handler(({ input }) => {
			const request = server.ended.find(({ id }) => id === input.id);
			if (request === undefined) throw new Failure({ code: 'request-unknown', message: 'It is gone.', next: [] });
			return { request, body: server.bodies.get(input.id) ?? null };
		}),
		deleteRequests: os.server.deleteRequests.handler(({ input: { ids, filter } }) => {
			const gone = ids === null ? fitting(filter) : server.ended.filter(({ id }) => ids.includes(id));
			server.ended = server.ended.filter((request) => !gone.includes(request));
			return { deleted: gone.length, deletedAt: Date.now() };
		}),
		restoreRequests: os.server.restoreRequests.handler(unscripted),
		emptyRequestTrash: os.server.emptyRequestTrash.handler(unscripted),
		deleteBodies: os.server.deleteBodies.handler(() => {
			const deleted = server.bodies.size;
			server.bodies.clear();
			return { deleted };
		}),
		replayRequest: os.server.replayRequest.handler(unscripted),
		addRequestsToDataset: os.server.addRequestsToDataset.handler(unscripted),
	};
}

function isFailed({ status }: ServerRequest): boolean {
	return status !== null && status >= 400 && status !== 499;
}

function fits(request: ServerRequest, filter: RequestFilter): boolean {
	const { outcome, key, client, model, route, error, from = 0 } = filter;
	if (outcome === 'failed' && !isFailed(request)) return false;
	if (outcome === 'left' && request.status !== 499) return false;
	if (key !== undefined && (request.key?.id ?? 'open') !== key) return false;
	if (client !== undefined && request.client !== client) return false;
	if (model !== undefined && request.model !== model) return false;
	if (route !== undefined && request.route !== route) return false;
	if (error !== undefined && request.errorCode !== error) return false;
	return request.startedAt >= from;
}

function percentiles(values: readonly (number | null)[]): Percentiles {
	const known = values.filter((value) => value !== null).toSorted((a, b) => a - b);
	const max = known.at(-1);
	if (max === undefined) return null;
	const at = (share: number) => known[Math.ceil(known.length * share) - 1] ?? max;
	return { n: known.length, p50: at(0.5), p90: at(0.9), p95: at(0.95), p99: at(0.99), max };
}

function counted(names: readonly string[]): { name: string; requests: number }[] {
	const counts = new Map<string, number>();
	for (const name of names) if (name !== '') counts.set(name, (counts.get(name) ?? 0) + 1);
	return [...counts].map(([name, requests]) => ({ name, requests })).toSorted((a, b) => b.requests - a.requests);
}
