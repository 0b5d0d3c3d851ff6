import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { contractVersion } from '../../../../electron/contract/system/version.ts';
import { watchLateness } from '../../../support/lateness.ts';
import { ask, openKnownSocket, openSocket, startTestHost, type TestHost } from './server.ts';

const upgrade = (host: TestHost) =>
	[
		'GET /socket HTTP/1.1',
		`Host: 127.0.0.1:${host.port}`,
		'Connection: Upgrade',
		'Upgrade: websocket',
		'Sec-WebSocket-Version: 13',
		'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
		'\r\n',
	].join('\r\n');

/** Opens connections that send `text` and nothing more. */
async function openMany(host: TestHost, count: number, text: string): Promise<Socket[]> {
	const sockets = Array.from({ length: count }, () => connect(host.port, '127.0.0.1').on('error', () => {}));
	onTestFinished(() => {
		for (const socket of sockets) socket.destroy();
	});
	await Promise.all(sockets.map((socket) => once(socket, 'connect')));
	for (const socket of sockets) {
		socket.resume();
		if (text !== '') socket.write(text);
	}
	return sockets;
}

const callBody = JSON.stringify({ json: { text: 'hi' } });
const call = (host: TestHost) =>
	ask(host, '/rpc/echo', {
		method: 'POST',
		headers: { authorization: `Bearer ${host.token}`, 'content-type': 'application/json' },
		body: callBody,
	});

test('connections without a token, however many, keep no page out and are soon closed', async () => {
	const host = await startTestHost();
	const page = await openKnownSocket(host);
	const strangers = [
		...(await openMany(host, 200, '')),
		...(await openMany(host, 200, 'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ')),
		...(await openMany(host, 200, upgrade(host))),
	];
	const within = watchLateness();
	const began = performance.now();
	const { received } = await openKnownSocket(host);
	expect(received).toEqual(['{"type":"ready"}']);
	expect(await call(host)).toMatchObject({ status: 200 });
	expect(await ask(host, '/')).toMatchObject({ status: 200 });
	expect(performance.now() - began).toBeLessThan(within(2_000));

	await openMany(host, 1_500, upgrade(host));
	const other = await openKnownSocket(host);
	expect([page, other].map(({ socket }) => socket.readyState)).toEqual([1, 1]);
	await expect.poll(() => strangers.filter(({ closed }) => !closed).length, { timeout: 15_000 }).toBe(0);
	expect([page, other].map(({ socket }) => socket.readyState)).toEqual([1, 1]);
});

test('a page that shows its token late is heard while others come in', async () => {
	const host = await startTestHost();
	const late = openSocket(host);
	await late.opened;
	await openMany(host, 200, upgrade(host));
	late.socket.send(JSON.stringify({ type: 'hello', token: host.token, contractVersion }));
	await expect.poll(() => late.received).toEqual(['{"type":"ready"}']);
});

test('a request that drips in is closed after ten seconds', async () => {
	const host = await startTestHost();
	const [socket] = await openMany(host, 1, 'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ');
	const drip = setInterval(() => socket?.write('x'), 500);
	onTestFinished(() => clearInterval(drip));
	await expect.poll(() => socket?.closed, { timeout: 14_000 }).toBe(true);
});
