import { createServer } from 'node:http';
import { type AddressInfo, connect, createServer as createSocketServer, Socket } from 'node:net';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import { blockNetwork } from '../../../electron/activity/network-block.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

/** Addresses reserved for documentation: nobody answers there, and a blocked network contacts nobody. */
const elsewhere = '192.0.2.1';

function guard(): { refused: string[]; remove: () => void; blocked: boolean } {
	const state = { refused: [] as string[], remove: () => {}, blocked: true };
	state.remove = blockNetwork({ isBlocked: () => state.blocked, onRefused: (host) => state.refused.push(host) });
	onTestFinished(() => state.remove());
	return state;
}

function errorOf(socket: Socket): Promise<string> {
	return new Promise((resolve, reject) => {
		socket.on('error', (error) => resolve((error as NodeJS.ErrnoException).code ?? error.message));
		socket.on('connect', () => reject(new Error('it connected')));
	});
}

test('while blocked, no part of the program reaches the network', async () => {
	const { refused } = guard();
	await expect(fetch('https://telemetry.example.org/collect')).rejects.toThrow();
	expect(await errorOf(connect(443, elsewhere))).toBe('ENETBLOCKED');
	expect(await errorOf(connect({ port: 443, host: 'updates.example.org' }))).toBe('ENETBLOCKED');
	expect(await errorOf(new Socket().connect(80, elsewhere))).toBe('ENETBLOCKED');
	expect(await errorOf(connectTls({ port: 443, host: 'models.example.org' }))).toBe('ENETBLOCKED');
	expect(refused).toEqual(['telemetry.example.org', elsewhere, 'updates.example.org', elsewhere, 'models.example.org']);
});

test('this computer and local sockets stay reachable for the browser host and the command line', async () => {
	const state = guard();
	const server = createServer((_request, response) => response.end('here'));
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	onTestFinished(() => void server.close());
	const { port } = server.address() as AddressInfo;
	expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('here');
	const path = join(temporaryFolder(), 'socket');
	const local = createSocketServer((socket) => socket.end());
	await new Promise<void>((resolve) => local.listen(path, resolve));
	onTestFinished(() => void local.close());
	await new Promise<void>((resolve) => connect(path).on('connect', resolve));
	expect(state.refused).toEqual([]);
});

test('the guard lets connections through when the network is allowed, and goes away with the last one', () => {
	const before = Socket.prototype.connect;
	const first = guard();
	const second = guard();
	expect(Socket.prototype.connect).not.toBe(before);
	first.remove();
	second.blocked = false;
	const socket = connect({ port: 9, host: elsewhere });
	socket.on('error', () => {});
	socket.destroy();
	expect(second.refused).toEqual([]);
	second.remove();
	expect(Socket.prototype.connect).toBe(before);
});
