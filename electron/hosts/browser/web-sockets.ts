import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import { type Connection, closeCode, type Frame } from '../transport/connection.ts';
import { waitForHello } from '../transport/handshake.ts';
import type { Serve } from '../transport/rpc-server.ts';
import type { Tokens } from './access-tokens.ts';

/**
 * Largest frame a page may send: the longest message the contract allows (4,000,000 characters) where JSON writes each
 * as six bytes (\u0000), and some room, in bytes.
 */
export const maxFrameBytes = 32 * 1024 * 1024;

/** A hello is some 120 bytes; who sends more without a token is nobody of ours. */
const maxHelloBytes = 4 * 1024;

/** Sockets that have not said hello yet. A page says it at once. */
const maxUnknown = 32;

/** How long a page has to answer a close before its socket is cut, ms. */
const goodbyeMs = 1_000;

export interface Sockets {
	/** Takes over an upgrade request whose Host and Origin have passed. */
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
					// A page that came with a link for once gets the token that it reconnects with.
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

/** A sender waits once this much is on its way to a slow page, in bytes. */
const highWaterBytes = 1024 * 1024;

/** WebSocket's own limit for the text of a close frame, in bytes. */
const maxReasonBytes = 123;

function webSocketConnection(socket: WebSocket): Connection {
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
