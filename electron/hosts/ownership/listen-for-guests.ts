import { createHash, randomBytes } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { chmodSync, lstatSync, mkdirSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import type { Hello } from '../../contract/system/schema.ts';
import { type Connection, closeCode } from '../transport/connection.ts';
import { tokensMatch, waitForHello } from '../transport/handshake.ts';
import type { Serve } from '../transport/rpc-server.ts';
import { socketConnection } from '../transport/socket-connection.ts';
import { maxLocalFrameBytes, type ShowAnswer } from './connect-to-owner.ts';
import { removeOwner, writeOwner } from './owner-file.ts';

export interface ListenOptions {
	serve: Serve;
	assayVersion: string;
	/** Brings the application to the front when it is started a second time. */
	show: () => ShowAnswer;
}

export interface Listener {
	/**
	 * Waits until nobody is connected, or for `signal`; then accepts no more connections. Calls `onWait` if it has to
	 * wait.
	 */
	retire(signal: AbortSignal, onWait: () => void): Promise<void>;
	/** Says goodbye to every connected process and removes the address. */
	close(): Promise<void>;
}

/** Serves other processes of this user on a local socket that only they can open. */
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
			// Serves processes that connected in between.
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

/** Longest path of a Unix socket in bytes, including the final NUL: 104 on macOS, 108 on Linux. */
const maxSocketPathBytes = 104;

/**
 * Returns the address for the owner of `dataFolder`: a named pipe on Windows, else a socket in the data folder, or in
 * this user's own folder in the temporary folder if the path would be too long. Only the owner calls this, because it
 * removes what is there.
 */
function prepareAddress(dataFolder: string, platform: NodeJS.Platform = process.platform): string {
	if (platform === 'win32') return `\\\\.\\pipe\\assay-${randomBytes(16).toString('hex')}`;
	const inFolder = join(dataFolder, 'assay.sock');
	const path =
		Buffer.byteLength(inFolder) < maxSocketPathBytes ? inFolder : join(privateFolder(), shortName(dataFolder));
	rmSync(path, { force: true });
	return path;
}

function shortName(dataFolder: string): string {
	return `${createHash('sha256').update(dataFolder).digest('hex').slice(0, 16)}.sock`;
}

/**
 * Creates a folder in the temporary folder that no other user may enter; rejects one of that name owned by another
 * user.
 */
function privateFolder(): string {
	const { uid } = userInfo();
	const folder = join(tmpdir(), `assay-${uid}`);
	mkdirSync(folder, { recursive: true, mode: 0o700 });
	const facts = lstatSync(folder);
	if (!facts.isDirectory() || facts.uid !== uid) throw new Error(`${folder} belongs to somebody else`);
	chmodSync(folder, 0o700);
	return folder;
}
