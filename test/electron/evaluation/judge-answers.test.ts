import { expect, test } from 'vitest';
import { rowsInputSchema } from '../../../electron/contract/evaluation/schema.ts';
import { all } from '../../../electron/database/sql.ts';
import type { Answering } from '../../support/evaluation.ts';
import { setUp, sums } from './setup.ts';

/** The second model is the judge: it passes answers that contain a 1. */
const judging: Answering = (row, { path, text }) => {
	if (!path.includes('2')) return { text: String(Number(/(\d+)/.exec(text)?.[1]) + 1) };
	expect(row.grammar).toBeDefined();
	expect(row.sampling.temperature).toBe(0);
	const answer = /Answer to judge:\n"""\n(.*)\n"""/.exec(text)?.[1] ?? '';
	return { text: answer.includes('1') ? 'PASS' : 'FAIL' };
};

const judge = { kind: 'judge', name: 'judge', modelFileId: 2, rubric: 'It has a one in it.' };

test('a judge scores once all answers exist, with one model in memory at a time', async () => {
	const { evaluations, config, ended, sessions } = setUp(sums(20), { models: 2, answer: judging });
	const run = await ended(
		(await evaluations.start(config({ modelFileIds: [1], scorers: [{ kind: 'exact' }, judge] }))).id,
	);
	expect(run).toMatchObject({ status: 'done', failure: null, scorers: ['exact', 'judge'] });
	// 1, 10 to 19: eleven of the twenty.
	expect(run.arms[0]?.metrics).toMatchObject({ exact: { value: 1 }, judge: { value: 0.55, n: 20, unscored: 0 } });
	expect(run.manifest.judges.judge).toMatchObject({ sha256: '2'.repeat(64) });
	expect(sessions.opened).toEqual(['/models/1.gguf', '/models/2.gguf']);
	expect(sessions.most).toBe(1);
	const { answers } = evaluations.row([run.arms[0]!.id], 0, 0);
	expect(answers[0]?.scores[1]).toMatchObject({ scorer: 'judge', value: 1, explanation: expect.any(String) });
});

test('a judge of pairs reports how many samples were decided', async () => {
	// It prefers the first position, whichever answer is there: so the result is a tie.
	const byPlace: Answering = (row, place) => (place.path.includes('2') ? { text: 'A' } : judging(row, place));
	const tied = setUp(sums(8), { models: 2, answer: byPlace });
	const pair = { ...judge, scale: 'pair' };
	const measure = async ({ evaluations, config, ended }: typeof tied) =>
		(await ended((await evaluations.start(config({ modelFileIds: [1], scorers: [pair] }))).id)).arms[0]?.metrics.judge;
	expect(await measure(tied)).toMatchObject({ value: 0.5, n: 8, decided: 0, method: 'all the same' });
	// It prefers the answer that is 3. Both 2 + 1 and its target are 3, so both orders prefer the first.
	const byContent: Answering = (_row, place) => {
		if (!place.path.includes('2')) return { text: place.text.includes('2 + 1') ? 'three' : 'none' };
		const [first = '', second = ''] = place.text.split('Answer B:');
		return { text: first.includes('three') ? 'A' : second.includes('three') ? 'B' : 'TIE' };
	};
	const won = setUp(sums(8), { models: 2, answer: byContent });
	expect(await measure(won)).toMatchObject({ value: 0.5625, decided: 1 });
	const [arm] = won.evaluations.list().runs[0]?.arms ?? [];
	const totals = ['right', 'tied', 'beaten'].map(async (filter) => {
		const query = { arms: [arm?.id], filter, limit: 1 };
		return (await won.evaluations.rows(rowsInputSchema.parse(query))).total;
	});
	expect(await Promise.all(totals)).toEqual([1, 7, 0]);
});

test('a run paused during judging resumes with the answers that have no score', async () => {
	const { evaluations, config, ended, sessions, database } = setUp(sums(30), { models: 2, answer: judging });
	const { id } = await evaluations.start(config({ modelFileIds: [1], scorers: [judge] }));
	const marked = () => all<{ n: number }>(database, 'SELECT COUNT(*) AS n FROM scores')[0]?.n ?? 0;
	while (!evaluations.get(id).progress.doing?.includes('judging'))
		await new Promise((resolve) => setTimeout(resolve, 2));
	sessions.delayMs = 10;
	while (marked() < 8) await new Promise((resolve) => setTimeout(resolve, 2));
	await evaluations.pause(id);
	const before = marked();
	expect(before).toBeLessThan(30);
	sessions.asked.length = 0;
	sessions.delayMs = 0;
	evaluations.resume(id);
	const done = await ended(id);
	expect(done).toMatchObject({ status: 'done', arms: [{ metrics: { judge: { n: 30 } } }] });
	expect(sessions.asked).toHaveLength(30 - before);
});

test('a judge whose process dies is asked again; answers that it can’t judge are unscored', async () => {
	let deaths = 0;
	const answer: Answering = (row, place) => {
		if (!place.path.includes('2')) return judging(row, place);
		if (place.text.includes('"""\n4\n"""'))
			return { failure: { code: 'prompt-too-long', message: 'Too long.', next: [] } };
		if (place.text.includes('"""\n9\n"""') && deaths < 2) {
			deaths += 1;
			return { die: true };
		}
		return judging(row, place);
	};
	const { evaluations, config, ended } = setUp(sums(12), { models: 2, answer });
	const run = await ended((await evaluations.start(config({ modelFileIds: [1], scorers: [judge] }))).id);
	expect(deaths).toBe(2);
	expect(run).toMatchObject({ status: 'done', arms: [{ metrics: { judge: { n: 11, unscored: 1 } } }] });
	const { rows } = await evaluations.rows({
		arms: [run.arms[0]!.id],
		filter: 'unscored',
		bound: 1,
		scorer: 'judge',
		tag: null,
		search: '',
		offset: 0,
		limit: 5,
	});
	expect(rows.map(({ key }) => key)).toEqual(['sum-3']);
});
