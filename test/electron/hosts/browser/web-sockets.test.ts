import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/websocket';
import type { RouterClient } from '@orpc/server';
import { describe, expect, test } from 'vitest';
import { contractVersion } from '../../../../electron/contract/system/version.ts';
import { hello, openKnownSocket, openSocket, produced, type router, startTestHost } from './server.ts';

describe('the upgrade', () => {
	test.each([
		['a foreign origin', { origin: 'https://evil.example' }],
		['the origin of another local server', { origin: 'http://127.0.0.1:1' }],
		['a sandboxed frame', { origin: 'null' }],
		['a foreign host', { host: 'evil.example' }],
		['a foreign host that agrees with its origin', { host: 'evil.example', origin: 'http://evil.example' }],
	])('is refused to %s', async (_who, headers) => {
		const host = await startTestHost();
		const { ended } = openSocket(host, headers as unknown as Record<string, string>);
		expect((await ended).refused).toBe(403);
	});

	test('is refused at any other address', async () => {
		const host = await startTestHost();
		expect((await openSocket(host, {}, '/').ended).refused).toBe(404);
		expect((await openSocket(host, {}, '/socket/').ended).refused).toBe(404);
	});
});

describe('the hello', () => {
	test('with the right token is answered with ready', async () => {
		const host = await startTestHost();
		const { received } = await openKnownSocket(host);
		expect(received).toEqual(['{"type":"ready"}']);
	});

	test('with the token of a link is answered with the token of a tab, and refused a second time', async () => {
		const host = await startTestHost();
		const once = new URL(host.newLink().url).hash.replace('#token=', '');
		const first = openSocket(host);
		await first.opened;
		first.socket.send(hello(once));
		await expect.poll(() => first.received.length).toBe(1);
		const { token } = JSON.parse(first.received[0] ?? '{}') as { token: string };
		const second = openSocket(host);
		await second.opened;
		second.socket.send(hello(once));
		expect(await second.ended).toMatchObject({ code: 4401, reason: expect.stringContaining('already used') });
		const { received } = await openKnownSocket({ ...host, token });
		expect(received).toEqual(['{"type":"ready"}']);
	});

	test.each(['wrong', '', 'x'.repeat(200)])('with the token "%s" closes the socket and says why', async (token) => {
		const host = await startTestHost();
		const { socket, opened, ended, received } = openSocket(host);
		await opened;
		socket.send(hello(token));
		expect(await ended).toMatchObject({ code: 4401, reason: expect.stringContaining('before Assay restarted') });
		expect(received).toEqual([]);
	});

	test('with another contract version closes the socket and names both versions', async () => {
		const host = await startTestHost();
		const { socket, opened, ended } = openSocket(host);
		await opened;
		socket.send(hello(host.token, contractVersion + 1));
		expect(await ended).toMatchObject({
			code: 4409,
			reason: expect.stringContaining(`version ${contractVersion + 1}`),
		});
	});

	test.each(['{}', 'nonsense', '{"i":"1","p":{"u":"/echo","b":{"json":{"text":"hi"}}}}', 'null'])(
		'cannot be replaced by %s',
		async (frame) => {
			const host = await startTestHost();
			const { socket, opened, ended, received } = openSocket(host);
			await opened;
			socket.send(frame);
			expect(await ended).toMatchObject({ code: 4400 });
			expect(received).toEqual([]);
		},
	);

	test('must be a text frame', async () => {
		const host = await startTestHost();
		const { socket, opened, ended } = openSocket(host);
		await opened;
		socket.send(Buffer.from(hello(host.token)));
		expect(await ended).toMatchObject({ code: 4400 });
	});

	test('closes the socket after five seconds if it never comes', async () => {
		const host = await startTestHost();
		const { opened, ended } = openSocket(host);
		await opened;
		expect(await ended).toMatchObject({ code: 4408, reason: 'no hello within 5 seconds' });
	});

	test('closes the socket at once if it has more than a few kilobytes, before buffering it', async () => {
		const host = await startTestHost();
		const { socket, opened, ended } = openSocket(host);
		await opened;
		socket.send(hello(`${host.token}${'x'.repeat(1_000_000)}`));
		expect((await ended).code).toBe(1006);
	});
});

describe('after the hello', () => {
	async function connected() {
		const host = await startTestHost();
		const opened = await openKnownSocket(host);
		const client: RouterClient<typeof router> = createORPCClient(
			new RPCLink({ websocket: opened.socket as unknown as WebSocket }),
		);
		return { host, client, ...opened };
	}

	test('a message of 4 MB passes', async () => {
		const { client } = await connected();
		const text = 'é'.repeat(2_000_000);
		expect(await client.echo({ text })).toBe(text);
	});

	test('a frame above the cap closes the socket', async () => {
		const { socket, ended } = await connected();
		socket.send('x'.repeat(32 * 1024 * 1024 + 1));
		expect((await ended).code).toBe(1009);
	});

	test.each(['nonsense', '{"i":"1"}', '[1,2]'])('the frame %s closes its own socket and no other', async (frame) => {
		const { host, socket, ended } = await connected();
		const other = await openKnownSocket(host);
		socket.send(frame);
		expect(await ended).toMatchObject({ code: 4400 });
		expect(other.socket.readyState).toBe(other.socket.OPEN);
	});

	test('a page that reads slowly slows its stream down instead of filling memory', async () => {
		const { client, socket } = await connected();
		const stream = await client.count({ to: 2_000, size: 50_000 });
		socket.pause();
		await new Promise((resolve) => setTimeout(resolve, 300));
		expect(produced).toBeLessThan(400);
		socket.resume();
		let last = '';
		for await (const text of stream) last = text;
		expect(last.trim()).toBe('2000');
	});

	test('closing the host notifies the page', async () => {
		const { host, ended } = await connected();
		await host.close();
		expect(await ended).toMatchObject({ code: 1001, reason: 'Assay was quit' });
	});
});
