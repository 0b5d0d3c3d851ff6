import { once } from 'node:events';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/websocket';
import { contractVersion } from '../../../../electron/contract/system/version.ts';
import type { Client } from '../../../../electron/hosts/transport/rpc-client.ts';

/** Connects like the page: takes the token from the address's fragment and sends it in the first frame. */
export async function connectPage(url: string): Promise<{ client: Client; close(): void }> {
	const address = new URL(url);
	const socket = new WebSocket(`ws://${address.host}/socket`);
	await once(socket, 'open');
	const token = new URLSearchParams(address.hash.slice(1)).get('token');
	socket.send(JSON.stringify({ type: 'hello', token, contractVersion }));
	const refused = once(socket, 'close').then(([end]: CloseEvent[]) => {
		throw new Error(end?.reason);
	});
	refused.catch(() => {});
	await Promise.race([once(socket, 'message'), refused]);
	return { client: createORPCClient(new RPCLink({ websocket: socket })), close: () => socket.close() };
}
