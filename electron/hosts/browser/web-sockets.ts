import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import { type Connection, closeCode, type Frame } from '../transport/connection.ts';
import { waitForHello } from '../transport/handshake.ts';
import type { Serve } from '../transport/rpc-server.ts';
import type { Accepted, Tokens } from './access-tokens.ts';

/**
 * Largest frame a page may send, in bytes: the longest message the contract allows (4,000,000 characters) if JSON
 * writes each character as six bytes (\u0000), plus some room.
 */
export const maxFrameBytes = 32 * 1024 * 1024;

/** A hello has about 120 bytes; a client that sends more without a token is not one of ours. */
const maxHelloBytes = 4 * 1024;

/** How long a page has to answer a close before its socket is destroyed, ms. */
const goodbyeMs = 1_000;

export interface Sockets {
	/** Takes over an upgrade request whose Host and Origin were accepted; `trust` is called after a hello with a token. */
	accept(request: IncomingMessage, socket: Duplex, head: Buffer, trust: () => void): void;
	close(): void;
}

export function openSockets(tokens: Tokens, serve: Serve): Sockets {
	const server = new WebSocketServer({ noServer: true, maxPayload: maxFrameBytes, perMessageDeflate: false });
	const connections = new Set<Connection>();
	return {
		accept: (request, raw, head, trust) => {
			let received = head.length;
			function count(chunk: Buffer): void {
				received += chunk.length;
				if (received > maxHelloBytes) raw.destroy();
			}
			server.handleUpgrade(request, raw, head, (socket) => {
				raw.on('data', count);
				const connection = webSocketConnection(socket);
				connections.add(connection);
				connection.onClose(() => connections.delete(connection));
				let accepted: Accepted | null = null;
				function accepts(given: string): boolean {
					accepted = tokens.accept(given);
					return accepted !== null;
				}
				waitForHello(connection, accepts, () => {
					raw.off('data', count);
					trust();
					// A page that opened a link gets its tab's token, to reconnect and to reload with.
					const token = accepted?.kind === 'link' ? { token: accepted.tab } : {};
					connection.send(JSON.stringify({ type: 'ready', ...token })).catch(() => {});
					serve(connection);
				});
			});
		},
		close: () => {
			for (const connection of connections) connection.close(closeCode.goingAway, 'Assay was quit');
			server.close();
			setTimeout(() => {
				for (const socket of server.clients) socket.terminate();
			}, goodbyeMs).unref();
		},
	};
}

/** A sender waits once this much is buffered for a slow page, in bytes. */
const highWaterBytes = 1024 * 1024;

/** WebSocket's own limit for the text of a close frame, in bytes. */
const maxReasonBytes = 123;

export function webSocketConnection(socket: WebSocket): Connection {
	let listener: (frame: Frame) => void = () => {};
	socket.on('message', (data, isBinary) => listener(isBinary ? bytesOf(data) : data.toString()));
	// For a frame that breaks the protocol or the size cap, ws closes with the right code, which says enough.
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
