import type { Socket } from 'node:net';
import { type Connection, type ConnectionEnd, closeCode, type Frame } from './connection.ts';
import { encodeClose, encodeFrame, FrameError, frameReader, type WireFrame } from './frame-codec.ts';

/** How long the other side has to react to a close, ms. */
const closeTimeoutMs = 2_000;

/** Wraps a local socket, or any Node byte stream, as a connection. `maxFrameBytes` caps what the peer may send. */
export function socketConnection(socket: Socket, maxFrameBytes: number): Connection {
	let listener: (frame: Frame) => void = () => {};
	let early: Frame[] | null = [];
	let end: ConnectionEnd | null = null;
	let ended = false;
	const closeListeners: ((end: ConnectionEnd) => void)[] = [];

	// Every writer that waits for room adds a listener; the number of calls is not limited here.
	socket.setMaxListeners(0);
	function finish(code: number, reason: string, last?: Buffer): void {
		end = { code, reason };
		if (!last || socket.destroyed) return void socket.destroy();
		// The other side reads the reason and closes; what it sends until then is read and dropped.
		socket.end(last);
		const timer = setTimeout(() => socket.destroy(), closeTimeoutMs);
		socket.once('close', () => clearTimeout(timer));
	}
	function deliver(wire: WireFrame): void {
		if (end) return;
		if (wire.type === 'close') finish(wire.code, wire.reason);
		else if (early) early.push(wire.frame);
		else listener(wire.frame);
	}
	const read = frameReader(maxFrameBytes, deliver);
	socket.on('data', (chunk) => {
		if (end) return;
		try {
			read(chunk);
		} catch (error) {
			if (!(error instanceof FrameError)) throw error;
			const code = error.tooBig ? closeCode.tooBig : closeCode.malformed;
			finish(code, error.message, encodeClose(code, error.message));
		}
	});
	// Pipe errors mean nothing to the user; the close that follows is what counts.
	socket.on('error', () => {});
	socket.on('close', () => {
		ended = true;
		end ??= { code: closeCode.goingAway, reason: '' };
		for (const onClose of closeListeners.splice(0)) onClose(end);
	});

	return {
		send: (frame) => (end ? Promise.reject(new Error('the connection is closed')) : write(socket, encodeFrame(frame))),
		onFrame: (next) => {
			listener = next;
			const waiting = early;
			early = null;
			for (const frame of waiting ?? []) listener(frame);
		},
		onClose: (onClose) => {
			if (ended && end) onClose(end);
			else closeListeners.push(onClose);
		},
		close: (code, reason) => {
			if (!end) finish(code, reason, encodeClose(code, reason));
		},
	};
}

/**
 * Waits for the other side only once its buffer is full, so that small frames don't each cost a turn of the event loop.
 */
function write(socket: Socket, bytes: Buffer): Promise<void> {
	if (socket.write(bytes)) return Promise.resolve();
	return new Promise((resolve, reject) => {
		function settle(error?: Error): void {
			socket.off('drain', resolveNow);
			socket.off('close', closed);
			if (error) reject(error);
			else resolve();
		}
		const resolveNow = () => settle();
		const closed = () => settle(new Error('the connection closed while it was written to'));
		socket.on('drain', resolveNow);
		socket.on('close', closed);
	});
}
