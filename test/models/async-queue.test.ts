import { expect, test } from 'vitest';
import { createAsyncQueue } from '../../models/async-queue.ts';

test('a queue keeps items pushed before the first read, and ends after the waiting items', async () => {
	const queue = createAsyncQueue<number>();
	let left = 0;
	queue.push(1);
	const items = queue.read(undefined, () => {
		left += 1;
	});
	queue.push(2);
	queue.end();
	queue.push(3);
	const read: number[] = [];
	for await (const item of items) read.push(item);
	expect([read, left]).toEqual([[1, 2], 1]);
});

test('a queue reports that its reader has left, after a break, after an abort, and even if it was never read', async () => {
	const left: string[] = [];
	const broken = createAsyncQueue<number>();
	broken.push(1);
	for await (const _ of broken.read(undefined, () => left.push('broken off'))) break;

	const abort = new AbortController();
	const waiting = createAsyncQueue<number>()
		.read(abort.signal, () => left.push('while waiting'))
		.next();
	createAsyncQueue<number>().read(abort.signal, () => left.push('never read'));
	abort.abort();
	expect((await waiting).done).toBe(true);
	createAsyncQueue<number>().read(abort.signal, () => left.push('too late'));
	expect(left).toEqual(['broken off', 'while waiting', 'never read', 'too late']);
});
