import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/websocket';
import { os, type RouterClient } from '@orpc/server';
import { describe, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { failureOf } from '../../../../electron/api/call-failure.ts';
import { asWebSocket } from '../../../../electron/hosts/transport/rpc-client.ts';
import { rpcServer } from '../../../../electron/hosts/transport/rpc-server.ts';
import { socketConnection } from '../../../../electron/hosts/transport/socket-connection.ts';
import { failureSchema } from '../../../../models/contract/failure.ts';
import { socketPair } from './socket-pair.ts';

const maxBytes = 8 * 1024 * 1024;

function makeRouter(seen: { produced: number; aborted: boolean }) {
	return {
		echo: os.input(z.object({ text: z.string().max(5_000_000) })).handler(({ input }) => input.text),
		defect: os.handler((): string => {
			throw new TypeError('oops');
		}),
		refuse: os.errors({ FAILED: { status: 422, data: failureSchema } }).handler(({ errors }): string => {
			throw errors.FAILED({ data: { code: 'disk-full', message: 'The disk is full', next: ['Free space'] } });
		}),
		flood: os.input(z.object({ count: z.int(), size: z.int() })).handler(async function* ({ input, signal }) {
			signal?.addEventListener('abort', () => {
				seen.aborted = true;
			});
			for (let index = 0; index < input.count; index += 1) {
				seen.produced += 1;
				yield 'x'.repeat(input.size);
			}
		}),
		never: os.handler(() => new Promise<string>(() => {})),
	};
}

async function setUp() {
	const seen = { produced: 0, aborted: false };
	const log: string[] = [];
	const [near, far] = await socketPair();
	onTestFinished(() => {
		near.destroy();
		far.destroy();
	});
	const server = socketConnection(far, maxBytes);
	rpcServer(makeRouter(seen), (line) => log.push(line))(server);
	const connection = socketConnection(near, maxBytes);
	const client: RouterClient<ReturnType<typeof makeRouter>> = createORPCClient(
		new RPCLink({ websocket: asWebSocket(connection) }),
	);
	return { client, connection, server, near, far, seen, log };
}

describe('calls over a local socket', () => {
	test('return the text they were given, up to megabytes', async () => {
		const { client } = await setUp();
		const text = `${'é🙂'.repeat(500_000)}\0`;
		expect(await client.echo({ text })).toBe(text);
	});

	test('keep the text of a failure', async () => {
		const { client, log } = await setUp();
		const failure = failureOf(await client.refuse().catch((error: unknown) => error));
		expect(failure.facts()).toEqual({ code: 'disk-full', message: 'The disk is full', next: ['Free space'] });
		expect(log).toEqual([]);
	});

	test('name the invalid field', async () => {
		const { client } = await setUp();
		const failure = failureOf(await client.echo({ text: 7 as never }).catch((error: unknown) => error));
		expect(failure).toMatchObject({ code: 'bad-input', message: expect.stringContaining('text') });
	});

	test('log a defect with its stack, and tell the caller only that there was one', async () => {
		const { client, log } = await setUp();
		const failure = failureOf(await client.defect().catch((error: unknown) => error));
		expect(failure.code).toBe('internal');
		expect(log).toEqual([expect.stringContaining('TypeError: oops')]);
	});

	test('wait for a slow reader instead of buffering a stream in memory', async () => {
		const { client, near, seen } = await setUp();
		const stream = await client.flood({ count: 1_000, size: 100_000 });
		near.pause();
		await new Promise((resolve) => setTimeout(resolve, 300));
		expect(seen.produced).toBeLessThan(100);
		near.resume();
		let received = 0;
		for await (const text of stream) received += text.length;
		expect(received).toBe(100_000_000);
	});

	test('end on the server when the caller disconnects', async () => {
		const { client, near, seen } = await setUp();
		const stream = await client.flood({ count: 1_000_000, size: 100_000 });
		await stream.next();
		near.destroy();
		await expect.poll(() => seen.aborted).toBe(true);
	});

	test('reject when the server goes away', async () => {
		const { client, server } = await setUp();
		const call = client.never();
		await client.echo({ text: 'there' });
		server.close(1001, 'Assay was quit');
		await expect(call).rejects.toThrow();
	});
});

describe('a connection', () => {
	test('tells the other side why it was closed', async () => {
		const { connection, server } = await setUp();
		const end = new Promise((resolve) => connection.onClose(resolve));
		server.close(4401, 'wrong token');
		expect(await end).toEqual({ code: 4401, reason: 'wrong token' });
		await expect(connection.send('too late')).rejects.toThrow('closed');
	});

	test('is closed with a reason if a frame exceeds the cap', async () => {
		const { connection } = await setUp();
		const end = new Promise((resolve) => connection.onClose(resolve));
		connection.send('x'.repeat(maxBytes + 1)).catch(() => {});
		expect(await end).toMatchObject({ code: 1009, reason: expect.stringContaining('more than') });
	});

	test.each(['not json', '[]', '{"i":1}', '"\\u0000"', 'null'])('is closed if %s arrives as a call', async (frame) => {
		const { connection } = await setUp();
		const end = new Promise((resolve) => connection.onClose(resolve));
		await connection.send(frame);
		expect(await end).toMatchObject({ code: 4400 });
	});
});
