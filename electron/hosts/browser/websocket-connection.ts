import type { RawData, WebSocket } from 'ws';
import type { Connection, Frame } from '../transport/connection.ts';

/** A sender waits once this much is on its way to a slow page, in bytes. */
const highWaterBytes = 1024 * 1024;

/** WebSocket's own limit for the text of a close frame, in bytes. */
const maxReasonBytes = 123;

export function webSocketConnection(socket: WebSocket): Connection {
	let listener: (frame: Frame) => void = () => {};
	socket.on('message', (data, isBinary) => listener(isBinary ? bytesOf(data) : data.toString()));
	// A frame that breaks the protocol or the size cap: ws closes with the fitting code, which says enough.
	socket.on('error', () => {});
	return {
		send: (frame) =>
			new Promise((resolve, reject) => {
				const waits = socket.bufferedAmount > highWaterBytes;
				socket.send(frame, (error) => (error ? reject(error) : resolve()));
				if (!waits) resolve();
			}),
		onFrame: (next) => {
			listener = next;
		},
		onClose: (onClose) => void socket.on('close', (code, reason) => onClose({ code, reason: reason.toString() })),
		close: (code, reason) => socket.close(code, cut(reason)),
	};
}

function cut(reason: string): string {
	return Buffer.from(reason).subarray(0, maxReasonBytes).toString().replace(/�$/, '');
}

function bytesOf(data: RawData): Uint8Array<ArrayBuffer> {
	return new Uint8Array(Array.isArray(data) ? Buffer.concat(data) : data);
}
