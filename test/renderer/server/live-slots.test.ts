import { expect, test } from 'vitest';
import { placeInSlots } from '../../../renderer/server/live-slots.ts';
import { mergeNewest } from '../../../renderer/server/server-store.ts';
import { buildServerRequest } from '../../support/fake-application/server/scenes.ts';

const requests = (...ids: number[]) => ids.map((id) => buildServerRequest({ id }));
const ids = (slots: ReturnType<typeof placeInSlots>) => slots.map((slot) => slot?.id ?? null);

test('a request keeps its row while others end, and a new one takes the first free row', () => {
	const three = placeInSlots([], requests(1, 2, 3));
	expect(ids(three)).toEqual([1, 2, 3]);
	const ended = placeInSlots(three, requests(2, 3));
	expect(ids(ended)).toEqual([null, 2, 3]);
	expect(ids(placeInSlots(ended, requests(2, 3, 4, 5)))).toEqual([4, 2, 3, 5]);
	expect(ids(placeInSlots(ended, requests(2)))).toEqual([null, 2]);
	expect(placeInSlots(ended, [])).toEqual([]);
});

test('the newest page replaces what it covers, and older rows stay unless some have gone', () => {
	const page = requests(...Array.from({ length: 100 }, (_, index) => 300 - index));
	const older = requests(201, 200, 199);
	expect(
		mergeNewest(older, page, 500)
			.slice(-3)
			.map(({ id }) => id),
	).toEqual([201, 200, 199]);
	expect(mergeNewest(older, page, 101)).toEqual(page);
	expect(mergeNewest(older, requests(9), 1).map(({ id }) => id)).toEqual([9]);
});
