import { expect, test } from 'vitest';
import { serving } from '../electron/server/serving.ts';
import { answering } from '../support/conversation.ts';
import { randomOf, soakSeed as seed } from './random.ts';
import { attackByLeaving, growthOf } from './server.ts';

test('10,000 requests in a row leave no memory behind', async () => {
	expect(await growthOf(await serving(), 10_000)).toBeLessThan(4 * 1024 * 1024);
});

test(`5,000 clients that leave at random moments leave nothing behind, SEED=${seed}`, async () => {
	const written = answering([{ type: 'text', text: 'a few words of an answer. '.repeat(8), tokenDelayMs: 1 }]);
	expect(await attackByLeaving(await serving(written), randomOf(seed), 5_000)).toEqual([]);
});
