import { expect, test } from 'vitest';
import { createEventBus } from '../../electron/events.ts';

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
