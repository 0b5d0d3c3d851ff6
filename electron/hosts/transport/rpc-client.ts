import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/websocket';
import type { Client } from '../../contract/client.ts';
import type { Connection, Frame } from './connection.ts';

export type { Client };

/** Creates a client over a connection whose handshake is complete. When it closes, every open call rejects. */
export function clientOver(connection: Connection): Client {
	return createORPCClient(new RPCLink({ websocket: asWebSocket(connection) }));
}

/** Gives oRPC's link the four members of WebSocket that it uses. */
export function asWebSocket(connection: Connection): ConstructorParameters<typeof RPCLink>[0]['websocket'] {
	let open = true;
	connection.onClose(() => {
		open = false;
	});
	function addEventListener(type: string, listener: (event: { data?: Frame }) => void): void {
		if (type === 'message') connection.onFrame((data) => listener({ data }));
		else if (type === 'close') connection.onClose(() => listener({}));
	}
	return {
		addEventListener: addEventListener as WebSocket['addEventListener'],
		removeEventListener: () => {},
		send: (frame) => connection.send(frame as Frame) as unknown as undefined,
		get readyState() {
			return open ? 1 : 3;
		},
	};
}
