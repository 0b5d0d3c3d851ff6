import { gunzipSync, inflateSync } from 'node:zlib';
import { said } from '../contract/said.ts';
import { wholeBody } from '../download/fetch-file.ts';
import { get, type HttpOptions } from '../download/http.ts';
import { NetworkProblem } from '../download/network-gate.ts';
import type { HubAddress } from './hub-address.ts';

/** A list of a thousand repositories is about 1 MB. */
const maxBytes = 32 * 1024 * 1024;

export type GateOptions = Pick<HttpOptions, 'network' | 'timing' | 'purpose' | 'signal'>;

/**
 * Creates a `fetch` for the hub's library: only GET, only to the hub's own host, through the switch and the log. A page
 * of a long list gives the address of the next page, which must be on the hub too. Rejects with NetworkProblem and the
 * Failure `network-blocked`.
 */
export function gateFetch(hub: HubAddress, options: GateOptions): typeof fetch {
	return async (input, init) => {
		const url = new URL(input instanceof Request ? input.url : input);
		if (url.host !== hub.url.host) throw new NetworkProblem(said`the link leads to ${url.host}, which is not the hub`);
		if ((init?.method ?? 'GET') !== 'GET') throw new Error('the hub is only ever read');
		const answer = await get(url, {
			...options,
			...(hub.token === null ? {} : { authorization: `Bearer ${hub.token}` }),
			headers: { accept: 'application/json' },
			// Follows a renamed repository, never to another host.
			mayRedirectTo: () => false,
		});
		const whole = await wholeBody(answer, maxBytes, 'its answer is too long');
		const body = unpacked(whole, answer.headers['content-encoding']);
		const { link } = answer.headers;
		return new Response(new Uint8Array(body), { headers: typeof link === 'string' ? { link } : {} });
	};
}

/** Decompresses a body, because some servers compress regardless of the request. */
function unpacked(body: Buffer, encoding: string | undefined): Buffer {
	try {
		if (encoding === 'gzip') return gunzipSync(body, { maxOutputLength: maxBytes });
		if (encoding === 'deflate') return inflateSync(body, { maxOutputLength: maxBytes });
	} catch (error) {
		throw new NetworkProblem(said`the compressed response is invalid`, { cause: error });
	}
	return body;
}
