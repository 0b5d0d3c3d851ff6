import { RPCHandler } from '@orpc/server/message-port';
import { expect, test, vi } from 'vitest';
import { portMessage } from '../../../electron/contract/bridge.ts';
import { connect } from '../../../renderer/connection/connection.ts';
import { createMessagePortTransport } from '../../../renderer/connection/message-port-transport.ts';
import { FakeApplication } from '../../support/fake-application/fake-application.ts';
import { fakeRouter } from '../../support/fake-application/router.ts';

/** A minimal page window, and a preload that hands over real ports. */
function windowWithPreload() {
	const page = new EventTarget() as unknown as Window;
	const handler = new RPCHandler(fakeRouter(new FakeApplication()));
	const served: MessagePort[] = [];
	return {
		page,
		served,
		bridge: {
			connect() {
				const { port1, port2 } = new MessageChannel();
				handler.upgrade(port1, { context: {} });
				port1.start();
				served.push(port1);
				const event = Object.assign(new Event('message'), { data: portMessage, ports: [port2], source: page });
				page.dispatchEvent(event);
			},
		},
	};
}

test('the window uses the port from the preload, and asks for another when it closes', async () => {
	const { page, bridge, served } = windowWithPreload();
	const connection = connect(createMessagePortTransport(bridge, page));
	await vi.waitFor(() => expect(connection.state.getState().status).toBe('ready'));
	expect((await connection.client.settings.get()).theme).toBe('system');
	served[0]?.close();
	await vi.waitFor(() => expect(served.length).toBe(2), 3_000);
	await vi.waitFor(() => expect(connection.state.getState().status).toBe('ready'));
	connection.close();
	for (const port of served) port.close();
});

test('a message from another origin is not accepted as the port', async () => {
	const { page, bridge } = windowWithPreload();
	const connection = connect(
		createMessagePortTransport(
			{
				connect() {
					const { port2 } = new MessageChannel();
					page.dispatchEvent(Object.assign(new Event('message'), { data: portMessage, ports: [port2], source: null }));
					page.dispatchEvent(Object.assign(new Event('message'), { data: 'other', ports: [port2], source: page }));
					port2.close();
					setTimeout(bridge.connect, 20);
				},
			},
			page,
		),
	);
	await vi.waitFor(() => expect(connection.state.getState().status).toBe('ready'));
	connection.close();
});
