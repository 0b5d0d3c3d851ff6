import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import { type Connection, closeCode, type Frame } from '../transport/connection.ts';
import { waitForHello } from '../transport/handshake.ts';
import type { Serve } from '../transport/rpc-server.ts';
import type { Tokens } from './access-tokens.ts';

/**
 * Largest frame a page may send, in bytes: the longest message the contract allows (4,000,000 characters) if JSON
 * writes each character as six bytes (\u0000), plus some room.
 */
export const maxFrameBytes = 32 * 1024 * 1024;

/** A hello has about 120 bytes; a client that sends more without a token is not one of ours. */
const maxHelloBytes = 4 * 1024;

/** Sockets that have not sent a hello yet. A page sends it at once. */
const maxUnknown = 32;

/** How long a page has to answer a close before its socket is destroyed, ms. */
const goodbyeMs = 1_000;

export interface Sockets {
	/** Takes over an upgrade request whose Host and Origin were accepted. */
	accept(request: IncomingMessage, socket: Duplex, head: Buffer): void;
	close(): void;
}

export function openSockets(tokens: Tokens, serve: Serve): Sockets {
	const server = new WebSocketServer({ noServer: true, maxPayload: maxFrameBytes, perMessageDeflate: false });
	const connections = new Set<Connection>();
	let unknown = 0;
	return {
		accept: (request, raw, head) => {
			if (unknown >= maxUnknown) return void raw.destroy();
			unknown += 1;
			let received = head.length;
			let known = false;
			function becomeKnown(): void {
				if (!known) unknown -= 1;
				known = true;
				raw.off('data', count);
			}
			function count(chunk: Buffer): void {
				received += chunk.length;
				if (received > maxHelloBytes) raw.destroy();
			}
			raw.on('close', becomeKnown);
			server.handleUpgrade(request, raw, head, (socket) => {
				raw.on('data', count);
				const connection = webSocketConnection(socket);
				connections.add(connection);
				connection.onClose(() => connections.delete(connection));
				let accepted: ReturnType<Tokens['accept']> = null;
				function accepts(given: string): boolean {
					accepted = tokens.accept(given);
					return accepted !== null;
				}
				waitForHello(connection, accepts, () => {
					becomeKnown();
					// A page that opened a one-time link gets the token to reconnect with.
					const token = accepted === 'once' ? { token: tokens.lasting } : {};
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
