import { RPCLink } from '@orpc/client/message-port';
import { portMessage, type WindowBridge } from '../../electron/contract/bridge.ts';
import { t } from '../messages/t.ts';
import { LinkEnd, type OpenLink, type OpenTransport } from './transport.ts';

/** How long to wait for the main process to send the port, in ms. */
const portTimeoutMs = 8_000;

/** Opens the window's MessagePort, requesting a new one for each link. */
export function createMessagePortTransport(bridge: Pick<WindowBridge, 'connect'>, page: Window): OpenTransport {
	return async () => {
		const port = await new Promise<MessagePort>((resolve, reject) => {
			const timer = setTimeout(() => {
				page.removeEventListener('message', receive);
				reject(
					new LinkEnd(
						t('Assay didn’t answer within {seconds, plural, one {# second} other {# seconds}}.', {
							seconds: portTimeoutMs / 1000,
						}),
					),
				);
			}, portTimeoutMs);
			function receive(event: MessageEvent): void {
				const [received] = event.ports;
				if (event.source !== page || event.data !== portMessage || received === undefined) return;
				clearTimeout(timer);
				page.removeEventListener('message', receive);
				resolve(received);
			}
			page.addEventListener('message', receive);
			bridge.connect();
		});
		const ended = new Promise<LinkEnd>((resolve) => {
			port.addEventListener('close', () => resolve(new LinkEnd(t('The main process closed the connection.'))), {
				once: true,
			});
		});
		const link = new RPCLink({ port });
		port.start();
		return { link, ended, close: () => port.close() } satisfies OpenLink;
	};
}
