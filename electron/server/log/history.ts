import { Failure } from '../../../models/contract/failure.ts';
import { said } from '../../../models/contract/said.ts';
import type {
	KeyUsage,
	Percentiles,
	RequestBody,
	RequestFigures,
	RequestFilter,
	ServerRequest,
} from '../../contract/server/request-log.ts';
import type { ReadableDatabase } from '../../database/database.ts';
import type { Reader } from '../../database/reader.ts';
import type { RequestLog } from './request-log.ts';
import {
	countRequests,
	countsOfRequests,
	filterParameters,
	findBody,
	findRequest,
	pageOfRequests,
	percentilesOfRequests,
	requestOf,
	sumsOfRequests,
	usageOfKeys,
} from './store.ts';

/** What reading the history needs. */
export interface HistoryContext {
	readonly database: ReadableDatabase;
	readonly reader: Reader;
	readonly requests: RequestLog;
}

/** Lists one page of ended requests, newest first, on the reader thread because the log may be long. */
export async function listRequests(
	{ reader, requests }: HistoryContext,
	{ filter, before, limit }: { filter: RequestFilter; before?: number | undefined; limit: number },
	signal?: AbortSignal,
): Promise<{ requests: ServerRequest[]; total: number }> {
	requests.flush();
	const parameters = filterParameters(filter);
	const page = { ...parameters, before: before ?? null, limit };
	const rows = await reader.all<Parameters<typeof requestOf>[0]>(pageOfRequests, page, signal);
	const [counted] = await reader.all<{ total: number }>(countRequests, parameters, signal);
	return { requests: rows.map(requestOf), total: counted?.total ?? 0 };
}

type Sums = Pick<RequestFigures, 'requests' | 'failed' | 'left' | 'promptTokens' | 'cachedTokens' | 'completionTokens'>;

const noSums: Sums = { requests: 0, failed: 0, left: 0, promptTokens: 0, cachedTokens: 0, completionTokens: 0 };

/** Returns counts and percentiles of the requests that match. */
export async function requestFigures(
	{ reader, requests }: HistoryContext,
	filter: RequestFilter,
	signal?: AbortSignal,
): Promise<RequestFigures> {
	requests.flush();
	const parameters = filterParameters(filter);
	const [sums = noSums] = await reader.all<Sums>(sumsOfRequests, parameters, signal);
	type Row = { readonly [K in keyof NonNullable<Percentiles>]: number | null } & { readonly name: string };
	const percentiles = await reader.all<Row>(percentilesOfRequests, parameters, signal);
	const counts = await reader.all<{ kind: string; name: string; requests: number }>(
		countsOfRequests,
		parameters,
		signal,
	);
	const figure = (name: string): Percentiles => {
		const row = percentiles.find((one) => one.name === name);
		if (row?.max === null || row === undefined) return null;
		const { n, p50, p90, p95, p99, max } = row;
		return { n: n ?? 0, p50: p50 ?? 0, p90: p90 ?? 0, p95: p95 ?? 0, p99: p99 ?? 0, max };
	};
	const counted = (kind: string) =>
		counts.flatMap(({ kind: one, name, requests: count }) => (one === kind ? [{ name, requests: count }] : []));
	return {
		...sums,
		queueMs: figure('queueMs'),
		ttftMs: figure('ttftMs'),
		durationMs: figure('durationMs'),
		tokensPerSecond: figure('tokensPerSecond'),
		clients: counted('clients'),
		models: counted('models'),
		routes: counted('routes'),
		errors: counted('errors'),
	};
}

/** Returns what each key used, the one with the most requests first. */
export async function keyUsage(
	{ reader, requests }: HistoryContext,
	time: { readonly from?: number | undefined; readonly to?: number | undefined },
	signal?: AbortSignal,
): Promise<KeyUsage[]> {
	requests.flush();
	type Row = Omit<KeyUsage, 'key'> & { readonly keyId: number | null; readonly keyName: string | null };
	const parameters = filterParameters({ outcome: 'any', withBody: false, ...time });
	const rows = await reader.all<Row>(usageOfKeys, parameters, signal);
	return rows.map(({ keyId, keyName, ...rest }) => ({
		...rest,
		key: keyId === null ? null : { id: keyId, name: keyName ?? '' },
	}));
}

/** Returns an ended request with its texts if they are kept. Throws Failure `request-unknown`. */
export function openRequest(
	{ database, requests }: Omit<HistoryContext, 'reader'>,
	id: number,
): { request: ServerRequest; body: RequestBody | null } {
	requests.flush();
	const request = findRequest(database, id);
	if (request === undefined) throw requestUnknown();
	const body = findBody(database, id);
	if (body === undefined) return { request, body: null };
	const { keptAt, ...texts } = body;
	return { request, body: { ...texts, deletedAt: requests.bodyExpires(keptAt) } };
}

function requestUnknown(): Failure {
	return new Failure({
		code: 'request-unknown',
		message: said`This request is no longer in the log.`,
		next: [said`Reload the list of requests`],
	});
}
