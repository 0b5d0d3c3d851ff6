import { expect, test } from 'vitest';
import { failureOf } from '../../support/failure.ts';
import { adds, setUp, sums } from './setup.ts';

async function finishedRun() {
	const made = setUp(sums(12), { models: 2, answer: adds(new Set([1, 2, 3])) });
	const run = await made.ended((await made.evaluations.start(made.config())).id);
	const [first, second] = run.arms.map(({ id }) => id) as [number, number];
	const score = (armId: number, position: number, value: number | null, note = '') =>
		made.evaluations.scoreByHand({ armId, position, epoch: 0, score: value === null ? null : { value, note } });
	return { ...made, run, first, second, score };
}

test('a score by hand is a score of its own, summarised, compared and exported like any other', async () => {
	const { evaluations, run, first, second, score } = await finishedRun();
	for (let position = 0; position < 8; position += 1) {
		score(first, position, 0, 'off topic');
		score(second, position, 1);
	}
	const now = evaluations.get(run.id);
	expect(now.scorers).toEqual(['exact', 'human']);
	expect(now.arms[0]?.metrics.human).toMatchObject({ value: 0, n: 8, unscored: 0 });
	expect(now.arms[0]?.metrics.exact).toEqual(run.arms[0]?.metrics.exact);
	const { pairs, scorers } = await evaluations.compare([first, second], 'human');
	expect(scorers).toEqual(['exact', 'human']);
	expect(pairs[0]).toMatchObject({ n: 8, gained: 8, lost: 0, verdict: 'better' });
	expect(evaluations.row([first], 0, 0).answers[0]?.scores.at(-1)).toEqual({
		scorer: 'human',
		value: 0,
		explanation: 'off topic',
	});
	const csv = evaluations.export(run.id, { format: 'csv', armId: null, after: null }).text;
	expect(csv.split('\r\n')[0]).toContain('exact,human,failure');
	const inspect = evaluations.export(run.id, { format: 'inspect', armId: first, after: null }).text;
	expect(inspect).toContain('"human":{"value":"I"');
});

test('a score by hand can be changed, undone and removed', async () => {
	const { evaluations, run, first, score } = await finishedRun();
	expect(score(first, 4, 1, 'fine')).toEqual({ before: null });
	expect(score(first, 4, 0)).toEqual({ before: { value: 1, note: 'fine' } });
	expect(score(first, 4, 1, 'fine')).toEqual({ before: { value: 0, note: '' } });
	expect(evaluations.get(run.id).arms[0]?.metrics.human).toMatchObject({ value: 1, n: 1 });
	expect(score(first, 4, null)).toEqual({ before: { value: 1, note: 'fine' } });
	expect(evaluations.get(run.id).scorers).toEqual(['exact']);
});

test('an output that does not exist can’t be scored, and no scorer can take the name', async () => {
	const { evaluations, config, first, score } = await finishedRun();
	expect(await failureOf(() => score(first, 99, 1))).toMatchObject({ code: 'row-unknown' });
	const taken = config({ scorers: [{ kind: 'exact', name: 'human' } as never] });
	expect(await failureOf(() => evaluations.start(taken))).toMatchObject({ code: 'scorer-name-taken' });
});
