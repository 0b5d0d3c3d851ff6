import { expect, test } from 'vitest';
import { createEventBus, createMailbox } from '../../electron/events.ts';

test('a listener that throws is reported, and the others receive the event', () => {
	const defects: unknown[] = [];
	const heard: string[] = [];
	const events = createEventBus((error) => defects.push(error));
	events.subscribe(() => {
		throw new Error('broken');
	});
	const unsubscribe = events.subscribe(({ type }) => heard.push(type));
	events.publish({ type: 'models-changed' });
	unsubscribe();
	events.publish({ type: 'settings-changed' });
	expect(heard).toEqual(['models-changed']);
	expect(defects).toHaveLength(2);
});

test('a mailbox keeps events from before the first read, and ends after those that wait', async () => {
	const mailbox = createMailbox<number>();
	let left = 0;
	mailbox.push(1);
	const items = mailbox.read(undefined, () => {
		left += 1;
	});
	mailbox.push(2);
	mailbox.end();
	mailbox.push(3);
	const read: number[] = [];
	for await (const item of items) read.push(item);
	expect([read, left]).toEqual([[1, 2], 1]);
});

test('a mailbox is left when its reader stops, when the signal aborts, and when it was never read', async () => {
	const left: string[] = [];
	const broken = createMailbox<number>();
	broken.push(1);
	for await (const _ of broken.read(undefined, () => left.push('broken off'))) break;

	const abort = new AbortController();
	const waiting = createMailbox<number>()
		.read(abort.signal, () => left.push('while waiting'))
		.next();
	createMailbox<number>().read(abort.signal, () => left.push('never read'));
	abort.abort();
	expect((await waiting).done).toBe(true);
	createMailbox<number>().read(abort.signal, () => left.push('too late'));
	expect(left).toEqual(['broken off', 'while waiting', 'never read', 'too late']);
});
