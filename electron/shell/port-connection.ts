import type { MessagePortMain } from 'electron';
import { type Connection, type ConnectionEnd, closeCode, type Frame } from '../hosts/transport/connection.ts';

/** Wraps a port to the page as a connection. Frames wait in the port until there is a listener. */
export function portConnection(port: MessagePortMain): Connection {
	let end: ConnectionEnd | null = null;
	let listener: (frame: Frame) => void = () => {};
	const closeListeners: ((end: ConnectionEnd) => void)[] = [];

	function finish(code: number, reason: string): void {
		if (end) return;
		end = { code, reason };
		for (const onClose of closeListeners.splice(0)) onClose(end);
	}
	port.on('message', ({ data }) => {
		if (end) return;
		if (typeof data === 'string' || data instanceof Uint8Array) listener(data as Frame);
		else {
			port.close();
			finish(closeCode.malformed, 'a frame is text or bytes');
		}
	});
	port.on('close', () => finish(closeCode.goingAway, ''));

	return {
		send: async (frame) => {
			if (end) throw new Error('the connection is closed');
			port.postMessage(frame);
		},
		onFrame: (next) => {
			listener = next;
			port.start();
		},
		onClose: (onClose) => {
			if (end) onClose(end);
			else closeListeners.push(onClose);
		},
		close: (code, reason) => {
			port.close();
			finish(code, reason);
		},
	};
}
