import { randomBytes } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { chmodSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import type { Hello } from '../../contract/system.ts';
import { type Connection, closeCode } from '../transport/connection.ts';
import { tokensMatch, waitForHello } from '../transport/handshake.ts';
import type { Serve } from '../transport/rpc-server.ts';
import { socketConnection } from '../transport/socket-connection.ts';
import { prepareAddress } from './address.ts';
import { maxLocalFrameBytes, type ShowAnswer } from './knock.ts';
import { removeOwner, writeOwner } from './owner-file.ts';

export interface ListenOptions {
	serve: Serve;
	assayVersion: string;
	/** Brings the application before the person's eyes, for the second one that was started. */
	show: () => ShowAnswer;
}

export interface Listener {
	/** Waits until nobody is connected, or `signal`; then lets nobody in any more. `onWait` hears that it has to. */
	retire(signal: AbortSignal, onWait: () => void): Promise<void>;
	/** Says goodbye to whoever is connected and takes the address away. */
	close(): Promise<void>;
}

/** Answers other processes of this user at a local socket that only they can open. */
export async function listenForGuests(
	dataFolder: string,
	host: Hello['host'],
	options: ListenOptions,
): Promise<Listener> {
	const token = randomBytes(32).toString('base64url');
	const address = prepareAddress(dataFolder);
	const connections = new Set<Connection>();
	const emptied = new EventEmitter<{ empty: [] }>();
	async function empty(signal: AbortSignal): Promise<void> {
		if (connections.size > 0) await once(emptied, 'empty', { signal }).catch(() => {});
	}
	const server = createServer((socket) => {
		const connection = socketConnection(socket, maxLocalFrameBytes);
		connections.add(connection);
		connection.onClose(() => {
			connections.delete(connection);
			if (connections.size === 0) emptied.emit('empty');
		});
		waitForHello(
			connection,
			(given) => tokensMatch(given, token),
			(hello) => {
				const answer = hello.purpose === 'focus' ? { show: options.show() } : {};
				connection.send(JSON.stringify({ type: 'ready', ...answer })).catch(() => {});
				if (hello.purpose === 'calls') options.serve(connection);
			},
		);
	});
	await bound(server, address);
	if (process.platform !== 'win32') chmodSync(address, 0o600);
	writeOwner(dataFolder, {
		pid: process.pid,
		host,
		assayVersion: options.assayVersion,
		address,
		token,
		startedAt: Date.now(),
	});
	let closed: Promise<void> | null = null;
	function stopListening(): Promise<void> {
		removeOwner(dataFolder);
		closed ??= new Promise((resolve) => server.close(() => resolve()));
		return closed;
	}
	return {
		retire: async (signal, onWait) => {
			if (connections.size > 0) onWait();
			await empty(signal);
			void stopListening();
			// Whoever came in between is still served.
			await empty(signal);
		},
		close: async () => {
			const all = stopListening();
			for (const connection of connections) connection.close(closeCode.goingAway, 'Assay was quit');
			await all;
			if (process.platform !== 'win32') rmSync(address, { force: true });
		},
	};
}

function bound(server: Server, address: string): Promise<void> {
	return new Promise((resolve, reject) => {
		server.once('error', reject);
		server.listen(address, () => {
			server.off('error', reject);
			resolve();
		});
	});
}
