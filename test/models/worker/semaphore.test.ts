import { expect, test } from 'vitest';
import { createSemaphore } from '../../../models/worker/semaphore.ts';

test('a limited number enters at once, the others in order, and one that gives up holds no place', async () => {
	const queue = createSemaphore(2);
	const [first, second] = await Promise.all([queue.enter(), queue.enter()]);
	expect(queue.isFull()).toBe(true);
	const inside: string[] = [];
	const giveUp = new AbortController();
	const third = queue.enter(giveUp.signal);
	const one = async (name: string) => {
		const leave = await queue.enter();
		inside.push(name);
		return leave;
	};
	const fourth = one('fourth');
	const fifth = one('fifth');
	giveUp.abort();
	expect(await third).toBeNull();
	first?.();
	const late = one('late');
	await fourth;
	second?.();
	await fifth;
	expect(inside).toEqual(['fourth', 'fifth']);
	(await fourth)?.();
	await late;
	expect(await queue.enter(AbortSignal.abort())).toBeNull();
});
