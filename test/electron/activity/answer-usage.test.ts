import { expect, test } from 'vitest';
import { readUsage } from '../../../electron/activity/answer-usage.ts';
import { recordActivity } from '../../../electron/activity/record-activity.ts';
import { createDatabase, openReader } from '../../support/database.ts';

const day = 86_400_000;
/** Noon in UTC. */
const now = 20_000 * day + day / 2;

function open() {
	const { database, path } = createDatabase();
	const answer = (
		at: number,
		subject: string,
		tokensPerSecond: number,
		ttftMs: number,
		result: 'fine' | 'stopped' | 'failed' = 'fine',
	) =>
		recordActivity(database, {
			at,
			kind: 'answer',
			subject,
			result,
			outcome: 'end',
			detail: {},
			figures: {
				promptTokens: 100,
				cachedTokens: 60,
				completionTokens: 11,
				ttftMs,
				promptMs: ttftMs,
				generationMs: 10_000 / tokensPerSecond,
			},
		});
	return { database, path, reader: openReader(path), answer };
}

test('answers add up by model and by day, with the spread of their speed', async () => {
	const { database, reader, answer } = open();
	for (const [index, speed] of [10, 20, 30, 40].entries()) answer(now - index * day, 'A Q4', speed, 100 + index);
	answer(now, 'A Q4', 50, 104, 'stopped');
	answer(now - 9 * day, 'A Q4', 999, 9_999);
	recordActivity(database, {
		at: now,
		kind: 'crash',
		subject: 'B Q8',
		result: 'failed',
		outcome: 'worker-crashed',
		detail: {},
	});
	const { models, days, since } = await readUsage(reader, { days: 7, utcOffset: 0 }, now);
	expect(since).toBe(now - day / 2 - 6 * day);
	expect(days.map(({ answers }) => answers)).toEqual([0, 0, 0, 1, 1, 1, 2]);
	expect(days.at(-1)).toEqual({ day: '2024-10-04', answers: 2, promptTokens: 200, completionTokens: 22 });
	const [a, b] = models;
	expect(a).toMatchObject({
		model: 'A Q4',
		answers: 5,
		stopped: 1,
		failed: 0,
		promptTokens: 500,
		cachedTokens: 300,
		completionTokens: 55,
		ttftMs: { n: 5, high: null },
		loads: 0,
		loadFailures: 0,
		crashes: 0,
	});
	expect(a?.tokensPerSecond?.n).toBe(5);
	expect(a?.tokensPerSecond?.median).toBeCloseTo(30);
	expect([a?.tokensPerSecond?.low, a?.tokensPerSecond?.high].map((value) => Math.round(value ?? 0))).toEqual([20, 40]);
	expect(a?.ttftMs?.value).toBeCloseTo(103.8);
	expect(b).toMatchObject({ model: 'B Q8', answers: 0, tokensPerSecond: null, ttftMs: null, crashes: 1 });
});

test('days begin at the caller’s midnight', async () => {
	const { reader, answer } = open();
	answer(now - day / 2 - 1, 'A', 10, 100);
	const answersOf = async (utcOffset: number) =>
		(await readUsage(reader, { days: 2, utcOffset }, now)).days.map(({ answers }) => answers);
	expect(await answersOf(0)).toEqual([1, 0]);
	expect(await answersOf(120)).toEqual([0, 1]);
});

test('an answer without a second token has no speed', async () => {
	const { database, reader } = open();
	recordActivity(database, {
		at: now,
		kind: 'answer',
		subject: 'A',
		result: 'failed',
		outcome: 'worker-crashed',
		detail: {},
		figures: { promptTokens: 0, cachedTokens: 0, completionTokens: 0, ttftMs: 0, promptMs: 0, generationMs: 0 },
	});
	const [a] = (await readUsage(reader, { days: 7, utcOffset: 0 }, now)).models;
	expect(a).toMatchObject({ answers: 1, failed: 1, tokensPerSecond: null, ttftMs: null });
});
