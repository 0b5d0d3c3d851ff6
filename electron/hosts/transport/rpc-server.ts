import type { AnyRouter } from '@orpc/server';
import { RPCHandler } from '@orpc/server/websocket';
import { type Log, logDefects } from '../../api/call-failure.ts';
import { type Connection, closeCode } from './connection.ts';

/** Answers the calls that arrive on a connection. */
export type Serve = (connection: Connection) => void;

/** Speaks oRPC's peer protocol over any connection. Logs defects thrown by handlers. */
export function rpcServer(router: AnyRouter, log: Log): Serve {
	const handler = new RPCHandler(router, { interceptors: [logDefects(log)] });
	return (connection) => {
		const peer = { send: (frame: unknown) => connection.send(frame as string), addEventListener: () => {} };
		connection.onFrame((frame) => {
			// A failed call is an answer; this rejects only for an unreadable frame or a closed connection.
			handler.message(peer, typeof frame === 'string' ? frame : bufferOf(frame), { context: {} }).catch(() => {
				connection.close(closeCode.malformed, 'a frame could not be read as a call');
			});
		});
		connection.onClose(() => handler.close(peer));
	};
}

function bufferOf(bytes: Uint8Array<ArrayBuffer>): ArrayBuffer {
	return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
}
