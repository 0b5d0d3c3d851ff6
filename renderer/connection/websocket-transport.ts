import { RPCLink } from '@orpc/client/websocket';
import { contractVersion } from '../../electron/contract/system/version.ts';
import { t } from '../messages/t.ts';
import type { TabTokens } from './access-token.ts';
import { LinkEnd, type OpenLink, type OpenTransport } from './transport.ts';

/** How long to wait for the server's answer to a hello, in ms; its own limit for ours is 5,000. */
const readyTimeoutMs = 8_000;

/** Codes from 4400 to 4499 are the server's refusals and come with a sentence for people; 4408 is not one. */
const isRefusal = (code: number) => code >= 4400 && code <= 4499 && code !== 4408;

/**
 * Opens the browser host's WebSocket: a hello with the token first, then oRPC on the same socket. In return for the
 * token of a link the server sends one of this tab. A tab without a token, or whose link was used, asks other tabs.
 */
export function createWebSocketTransport(url: string, tokens: TabTokens): OpenTransport {
	async function open(token: string): Promise<OpenLink> {
		const socket = new WebSocket(url);
		socket.binaryType = 'blob';
		const ended = new Promise<LinkEnd>((resolve) => {
			socket.addEventListener('close', (event) => resolve(toLinkEnd(event)), { once: true });
		});
		tokens.keep(await waitUntilReady(socket, ended, token));
		return { link: new RPCLink({ websocket: socket }), ended, close: () => socket.close() };
	}
	return async () => {
		const own = tokens.own();
		let refusal = new LinkEnd(t('This address has no access token.'), true);
		if (own !== null) {
			try {
				return await open(own);
			} catch (error) {
				if (!(error instanceof LinkEnd) || !error.final) throw error;
				refusal = error;
			}
		}
		const other = await tokens.fromOtherTab();
		if (other === null || other === own) throw refusal;
		return open(other);
	};
}

/** Returns the token to reconnect with: the given one, or the one that the server sent in exchange. */
async function waitUntilReady(socket: WebSocket, ended: Promise<LinkEnd>, token: string): Promise<string> {
	return new Promise<string>((resolve, reject) => {
		const timer = setTimeout(() => {
			reject(
				new LinkEnd(
					t('Assay didn’t answer within {seconds, plural, one {# second} other {# seconds}}.', {
						seconds: readyTimeoutMs / 1000,
					}),
				),
			);
			socket.close();
		}, readyTimeoutMs);
		void ended.then((end) => {
			clearTimeout(timer);
			reject(end);
		});
		socket.addEventListener('open', () => socket.send(JSON.stringify({ type: 'hello', token, contractVersion })), {
			once: true,
		});
		socket.addEventListener(
			'message',
			({ data }: MessageEvent<string>) => {
				clearTimeout(timer);
				const ready = JSON.parse(data) as { token?: string };
				resolve(ready.token ?? token);
			},
			{ once: true },
		);
	});
}

function toLinkEnd(event: CloseEvent): LinkEnd {
	if (isRefusal(event.code)) return new LinkEnd(sentence(event.reason), true);
	if (event.reason !== '') return new LinkEnd(sentence(event.reason));
	return new LinkEnd(
		event.code === 1006
			? t('Assay isn’t running at this address any more.')
			: t('The connection ended with code {code}.', { code: event.code }),
	);
}

function sentence(text: string): string {
	return `${text.charAt(0).toUpperCase()}${text.slice(1)}${text.endsWith('.') ? '' : '.'}`;
}
