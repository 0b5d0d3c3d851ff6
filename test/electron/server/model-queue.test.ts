import { expect, test } from 'vitest';
import { createModelQueue } from '../../../electron/server/model-queue.ts';

function queueOf(capacity: number) {
	const inMemory = new Set<number>();
	let now = 0;
	const queue = createModelQueue(
		{ loaded: (id) => inMemory.has(id), hasRoom: (id) => inMemory.has(id) || inMemory.size < capacity },
		{ longestMs: 1_000, clock: () => now },
	);
	const order: string[] = [];
	async function ask(name: string, model: number, signal = new AbortController().signal) {
		const place = queue.enter(model, signal);
		await place.admitted;
		// As the library does: what is not used makes room.
		if (!inMemory.has(model) && inMemory.size >= capacity) inMemory.clear();
		inMemory.add(model);
		place.loaded();
		place.started();
		order.push(name);
		return place;
	}
	const soon = async (): Promise<void> => {
		for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
	};
	return { queue, ask, order, soon, wait: (ms: number) => (now += ms) };
}

test('requests for the model in memory go before those for one that would displace it', async () => {
	const { ask, order, soon, queue } = queueOf(1);
	const a1 = await ask('a1', 1);
	const b1 = ask('b1', 2);
	const a2 = await ask('a2', 1);
	const b2 = ask('b2', 2);
	await soon();
	expect(order).toEqual(['a1', 'a2']);
	expect(queue.waiting()).toBe(2);
	a1.leave();
	await soon();
	expect(order).toEqual(['a1', 'a2']);
	a2.leave();
	await Promise.all([b1, b2]);
	expect(order).toEqual(['a1', 'a2', 'b1', 'b2']);
});

test('none waits longer than the longest wait for its model’s turn', async () => {
	const { ask, order, soon, wait } = queueOf(1);
	const a1 = await ask('a1', 1);
	const b1 = ask('b1', 2);
	wait(1_001);
	const a2 = ask('a2', 1);
	await soon();
	expect(order).toEqual(['a1']);
	a1.leave();
	(await b1).leave();
	(await a2).leave();
	expect(order).toEqual(['a1', 'b1', 'a2']);
});

test('two late models take turns', async () => {
	const { ask, order, wait } = queueOf(1);
	const a1 = await ask('a1', 1);
	const b1 = ask('b1', 2);
	wait(1_001);
	const a2 = ask('a2', 1);
	wait(1_001);
	a1.leave();
	(await b1).leave();
	(await a2).leave();
	expect(order).toEqual(['a1', 'b1', 'a2']);
});

test('models that fit side by side don’t wait for each other', async () => {
	const { ask, order } = queueOf(2);
	await ask('a1', 1);
	await ask('b1', 2);
	await ask('a2', 1);
	expect(order).toEqual(['a1', 'b1', 'a2']);
});

test('a request that leaves frees its place, also before its turn', async () => {
	const { ask, queue, soon } = queueOf(1);
	const a1 = await ask('a1', 1);
	const leaving = new AbortController();
	const place = queue.enter(2, leaving.signal);
	expect(place.place()).toBe(1);
	const gone = expect(place.admitted).rejects.toThrow('gone');
	leaving.abort(new Error('gone'));
	await gone;
	place.leave();
	expect(queue.waiting()).toBe(0);
	expect(place.place()).toBeNull();
	a1.leave();
	await soon();
	expect(queue.waiting()).toBe(0);
});
