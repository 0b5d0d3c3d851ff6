import { type Agent, type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { getCACertificates } from 'node:tls';
import { Failure } from '../contract/failure.ts';
import { figure, type Said, said } from '../contract/said.ts';
import { errorCodeOf } from '../error-code.ts';
import { type NetworkGate, NetworkProblem, type NetworkTiming, networkBlocked } from './network-gate.ts';

export interface HttpOptions {
	readonly network: NetworkGate;
	readonly timing: NetworkTiming;
	/** Purpose of the request, for the log: "starter model". */
	readonly purpose: string;
	readonly signal: AbortSignal;
	/** Returns whether a redirect to the host is allowed. */
	readonly mayRedirectTo: (host: string) => boolean;
	readonly headers?: Readonly<Record<string, string>>;
	/** Value of the Authorization header; sent only to the address's own host, never along a redirect. */
	readonly authorization?: string;
}

export interface HttpAnswer {
	readonly status: number;
	readonly headers: IncomingMessage['headers'];
	/** Host that finally responded. */
	readonly host: string;
	readonly url: URL;
	/**
	 * Chunks of the body. Throws NetworkProblem on a stall or a cut connection, and the signal's reason after an abort.
	 */
	readonly body: AsyncIterable<Uint8Array>;
	/** Ends the request if its body is not wanted. */
	readonly discard: () => void;
}

const maxRedirects = 5;

let secureAgent: HttpsAgent | null = null;

/** Returns an agent that respects HTTPS_PROXY and the like, and certificates that a company installed in the system. */
function agentFor(url: URL): { agent: Agent } | Record<string, never> {
	if (url.protocol !== 'https:') return {};
	secureAgent ??= new HttpsAgent({
		proxyEnv: process.env,
		ca: [...new Set([...getCACertificates('default'), ...getCACertificates('system')])],
	});
	return { agent: secureAgent };
}

const isLoopback = (host: string): boolean => /^(localhost|127(\.\d+){3}|\[::1\])$/.test(host);

/**
 * Allows plain HTTP only if the original address used it (an index in the local network), never as a downgrade from
 * HTTPS.
 */
function checkRedirect(from: URL, to: URL, options: HttpOptions): void {
	if (to.protocol !== 'https:' && to.protocol !== from.protocol) {
		throw new NetworkProblem(said`the redirect does not use HTTPS (${to.protocol}//${to.host})`);
	}
	if (isLoopback(to.hostname) && !isLoopback(from.hostname)) {
		throw new NetworkProblem(said`the redirect leads back to this computer (${to.host})`);
	}
	if (to.host !== from.host && !options.mayRedirectTo(to.hostname)) {
		throw new NetworkProblem(said`the redirect leads to ${to.host}, which is not an allowed host`);
	}
}

const reasons: Readonly<Record<string, Said>> = {
	ENOTFOUND: said`the name can’t be resolved; is this computer online?`,
	EAI_AGAIN: said`the name can’t be resolved; is this computer online?`,
	ECONNREFUSED: said`the connection was refused`,
	ECONNRESET: said`the connection was cut`,
	ENETUNREACH: said`the network can’t be reached`,
	EHOSTUNREACH: said`the host can’t be reached`,
};

function connectionProblem(error: unknown): NetworkProblem {
	const code = errorCodeOf(error);
	const message = error instanceof Error ? error.message : String(error);
	return new NetworkProblem(reasons[code] ?? said`the connection failed (${code === '' ? message : code})`, {
		isUnreachable: true,
		cause: error,
	});
}

/** Sends one GET and waits for the response's head. */
function send(url: URL, options: HttpOptions): Promise<{ request: ClientRequest; response: IncomingMessage }> {
	const { promise, resolve, reject } = Promise.withResolvers<{ request: ClientRequest; response: IncomingMessage }>();
	const request = (url.protocol === 'https:' ? httpsRequest : httpRequest)(url, {
		...agentFor(url),
		// Compression would make byte counts and ranges meaningless.
		headers: { 'user-agent': 'assay', 'accept-encoding': 'identity', ...options.headers },
	});
	// Rejects here rather than through the request's own 'error' event: while its agent waits for a proxy, a destroyed
	// request emits none.
	function give(up: unknown): void {
		clearTimeout(timer);
		options.signal.removeEventListener('abort', onAbort);
		reject(up);
		request.destroy();
	}
	const timer = setTimeout(() => {
		const seconds = options.timing.answerMs / 1000;
		give(new NetworkProblem(said`no response within ${seconds} seconds`, { isUnreachable: true }));
	}, options.timing.answerMs);
	const onAbort = (): void => give(options.signal.reason);
	options.signal.addEventListener('abort', onAbort, { once: true });
	request.on('close', () => options.signal.removeEventListener('abort', onAbort));
	request.on('response', (response) => {
		clearTimeout(timer);
		resolve({ request, response });
	});
	request.on('error', (error) => give(connectionProblem(error)));
	request.end();
	return promise;
}

/** Yields the body, and throws if nothing arrives for `stallMs` or the connection is cut. */
async function* watchedBody(
	response: IncomingMessage,
	host: string,
	options: HttpOptions,
): AsyncGenerator<Uint8Array, void> {
	const { stallMs } = options.timing;
	let bytes = 0;
	let outcome = String(response.statusCode);
	const stalled = (): void => {
		const problem = new NetworkProblem(said`no data for ${stallMs / 1000} seconds`, { isTemporary: true });
		response.destroy(problem);
	};
	let timer = setTimeout(stalled, stallMs);
	try {
		for await (const chunk of response) {
			clearTimeout(timer);
			bytes += (chunk as Buffer).length;
			// The switch takes effect immediately, also for requests under way.
			if (options.network.isBlocked()) throw networkBlocked();
			yield chunk as Buffer;
			options.signal.throwIfAborted();
			timer = setTimeout(stalled, stallMs);
		}
	} catch (error) {
		outcome += ', cut off';
		options.signal.throwIfAborted();
		throw error instanceof NetworkProblem || error instanceof Failure
			? error
			: new NetworkProblem(said`the connection was cut after ${figure(bytes)} bytes`, { isTemporary: true });
	} finally {
		clearTimeout(timer);
		response.destroy();
		options.network.report({ host, purpose: options.purpose, outcome, bytes });
	}
}

/** Sends credentials in an index address only to that host, never into a log or along a redirect. */
function withoutCredentials(url: URL): { plain: URL; headers: Record<string, string> } {
	if (url.username === '' && url.password === '') return { plain: url, headers: {} };
	const pair = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
	const plain = new URL(url);
	plain.username = '';
	plain.password = '';
	return { plain, headers: { authorization: `Basic ${Buffer.from(pair).toString('base64')}` } };
}

/**
 * Sends a GET with a time limit and a bounded number of checked redirects, and reports every request made or refused.
 * Makes no request while the network is switched off (Failure `network-blocked`). Rejects with NetworkProblem.
 */
export async function get(address: URL, options: HttpOptions): Promise<HttpAnswer> {
	let { plain: url, headers } = withoutCredentials(address);
	if (options.authorization !== undefined) headers = { ...headers, authorization: options.authorization };
	for (let hop = 0; hop <= maxRedirects; hop += 1) {
		options.signal.throwIfAborted();
		const report = (outcome: string): void =>
			options.network.report({ host: url.host, purpose: options.purpose, outcome, bytes: 0 });
		if (options.network.isBlocked()) {
			report('refused: the network is switched off');
			throw networkBlocked();
		}
		const { response } = await send(url, { ...options, headers: { ...options.headers, ...headers } }).catch(
			(error: unknown) => {
				report(error instanceof NetworkProblem ? `failed: ${error.message}` : 'cancelled');
				throw error;
			},
		);
		const status = response.statusCode ?? 0;
		const location = response.headers.location;
		if (status < 300 || status > 399 || status === 304 || location === undefined) {
			const body = watchedBody(response, url.host, options);
			const discard = (): void => {
				report(String(status));
				response.destroy();
			};
			return { status, headers: response.headers, host: url.host, url, body, discard };
		}
		response.destroy();
		const next = URL.canParse(location, url.href) ? new URL(location, url.href) : null;
		const redirect = `${status} to ${next?.host ?? 'nowhere'}`;
		try {
			if (next === null) throw new NetworkProblem(said`the redirect address is invalid`);
			checkRedirect(url, next, options);
		} catch (error) {
			report(`${redirect}, not followed`);
			throw error;
		}
		report(redirect);
		if (next.host !== url.host) headers = {};
		url = withoutCredentials(next).plain;
	}
	throw new NetworkProblem(said`more than ${maxRedirects} redirects`);
}
