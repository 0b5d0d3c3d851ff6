import { expect, test } from 'vitest';
import { rescoreInputSchema } from '../../../electron/contract/evaluation/schema.ts';
import { all, run as write } from '../../../electron/database/sql.ts';
import { createEvaluations } from '../../../electron/evaluation/evaluations.ts';
import type { Answering } from '../../support/evaluation.ts';
import { failureOf } from '../../support/failure.ts';
import { lastNumber, markedAgain, measured, talks } from './rescoring.ts';
import { adds, setUp, sums } from './setup.ts';

test('a paused run is re-scored as far as it got; a running one and one without outputs are refused', async () => {
	const setup = setUp(sums(40), { answer: talks });
	const { evaluations, sessions, config } = setup;
	sessions.delayMs = 5;
	const { id } = await evaluations.start(config());
	const input = rescoreInputSchema.parse({ id, scorers: [{ kind: 'includes' }] });
	while (evaluations.get(id).progress.done < 12) await new Promise((resolve) => setTimeout(resolve, 5));
	expect(await failureOf(() => evaluations.rescore(input))).toMatchObject({ code: 'run-under-way' });
	await evaluations.pause(id);
	const rows = evaluations.get(id).progress.done;
	const run = await markedAgain(setup, input);
	expect(run).toMatchObject({ status: 'done', progress: { done: rows, total: 40 } });
	expect(run.arms[0]?.metrics.includes).toMatchObject({ value: 1, n: rows });
	sessions.delayMs = 0;
	evaluations.resume(id);
	const whole = await setup.ended(id);
	expect(whole.progress.done).toBe(40);
	expect(evaluations.get(run.id)).toEqual(run);

	const failing = setUp(sums(3), { answer: () => ({ failure: { code: 'x', message: 'No.', next: [] } }) });
	const none = await measured(failing);
	expect(
		await failureOf(() =>
			failing.evaluations.planRescore(rescoreInputSchema.parse({ id: none.id, scorers: [{ kind: 'exact' }] })),
		),
	).toMatchObject({ code: 'run-without-outputs', next: [expect.stringContaining('Retry')] });
});

test('a judge re-scores outputs as in a run: one model at a time, resumable in another process', async () => {
	const judging: Answering = (row, place) =>
		place.path.includes('2')
			? { text: /Answer to judge:\n"""\n(.*)\n"""/.exec(place.text)?.[1]?.includes('1') ? 'PASS' : 'FAIL' }
			: talks(row, place);
	const setup = setUp(sums(30), { models: 2, answer: judging });
	const { evaluations, sessions, context } = setup;
	const source = await measured(setup, { modelFileIds: [1] });
	sessions.opened.length = 0;
	sessions.delayMs = 10;
	const judge = { kind: 'judge', name: 'judge', modelFileId: 2, rubric: 'It has a one in it.' } as const;
	const { id } = await evaluations.rescore(
		rescoreInputSchema.parse({ id: source.id, scorers: [judge, { kind: 'includes' }] }),
	);
	const judged = () =>
		all<{ n: number }>(setup.database, `SELECT COUNT(*) AS n FROM scores WHERE scorer = 'judge'`)[0]?.n ?? 0;
	while (judged() < 8) await new Promise((resolve) => setTimeout(resolve, 2));
	expect(await evaluations.pause(id)).toMatchObject({ status: 'paused' });
	const before = judged();
	expect(before).toBeLessThan(30);
	await evaluations.remove(source.id);
	await evaluations.erase(source.id);
	sessions.delayMs = 0;
	sessions.asked.length = 0;
	createEvaluations(context).resume(id);
	const run = await setup.ended(id);
	expect(run).toMatchObject({ status: 'done', failure: null });
	expect(run.arms[0]?.metrics).toMatchObject({ judge: { n: 30, value: 0.4 }, includes: { n: 30, value: 1 } });
	expect(run.manifest.judges.judge).toMatchObject({ sha256: '2'.repeat(64) });
	expect(sessions.asked).toHaveLength(30 - before);
	expect([sessions.opened, sessions.most]).toEqual([['/models/2.gguf', '/models/2.gguf'], 1]);
});

test('re-scoring without a model waits for no run, and resumes where a dead process left it', async () => {
	const setup = setUp(sums(40), { answer: talks });
	const { evaluations, sessions, config, database, context } = setup;
	const source = await measured(setup);
	// 8 s for all of it: on a busy computer, re-scoring may take a second.
	sessions.delayMs = 200;
	const busy = await evaluations.start(config());
	const run = await markedAgain(setup, { id: source.id, scorers: [{ kind: 'includes' }] });
	expect(run.status).toBe('done');
	expect(['waiting', 'running']).toContain(evaluations.get(busy.id).status);
	await evaluations.pause(busy.id);
	// The state after half of it.
	write(database, `UPDATE eval_shards SET status = 'waiting' WHERE arm_id = :arm AND position >= 3`, {
		arm: run.arms[0]!.id,
	});
	write(
		database,
		`DELETE FROM scores WHERE result_id IN (SELECT id FROM eval_results WHERE arm_id = :arm AND shard >= 3)`,
		{ arm: run.arms[0]!.id },
	);
	write(database, `UPDATE eval_runs SET status = 'running' WHERE id = :id`, { id: run.id });
	const next = createEvaluations(context);
	expect(next.get(run.id).status).toBe('paused');
	next.resume(run.id);
	const done = await setup.ended(run.id);
	expect(done.arms[0]).toMatchObject({ n: 40, metrics: { includes: { n: 40, value: 1 } } });
});

test('the same outputs are compared by sample with a note, not as unfair, even if scorer names differ', async () => {
	const setup = setUp(sums(40), {
		answer: (row, place) => (place.text.startsWith('3') ? talks(row, place) : adds()(row, place)),
	});
	const { evaluations } = setup;
	const source = await measured(setup);
	const rule = await markedAgain(setup, {
		id: source.id,
		scorers: [{ kind: 'exact' }],
		extract: [lastNumber],
		name: 'By number',
	});
	const arms = [source.arms[0]!.id, rule.arms[0]!.id];
	const comparison = await evaluations.compare(arms, null);
	expect(comparison).toMatchObject({
		n: 40,
		leftOut: 0,
		scorer: 'exact',
		pairs: [{ gained: 11, lost: 0, verdict: 'better' }],
	});
	expect(comparison.unfair).toMatchObject([
		{
			code: 'same-outputs',
			serious: false,
			message: `${source.name} and By number are the same outputs, scored differently: with a different rule to find the answer; the model’s answers are the same.`,
		},
	]);
	expect(comparison.words).toMatch(/^By number scores 27\.5 points higher than /);
	const named = await markedAgain(setup, { id: source.id, scorers: [{ kind: 'includes' }], name: 'By part' });
	const sides = [source.arms[0]!.id, named.arms[0]!.id];
	const other = await evaluations.compare(sides, null);
	expect(other).toMatchObject({
		scorer: 'exact',
		sides: [{ scorer: 'exact' }, { scorer: 'includes' }],
		pairs: [{ gained: 11, lost: 0 }],
	});
	expect(other.words).toMatch(/^By part by includes scores 27\.5 points higher than .* by exact/);
	const rows = await evaluations.rows({
		arms: sides,
		filter: 'different',
		bound: 1,
		scorer: null,
		tag: null,
		search: 'makes 4.',
		offset: 0,
		limit: 10,
	} as const);
	expect(rows).toMatchObject({
		total: 1,
		rows: [{ key: 'sum-3', cells: [{ scores: { exact: 0 } }, { scores: { includes: 1 } }] }],
	});
	// Different outputs under different scorer names still can't be compared.
	const repeated = await setup.ended((await evaluations.repeat(source.id)).id);
	expect(await failureOf(() => evaluations.compare([repeated.arms[0]!.id, named.arms[0]!.id], null))).toMatchObject({
		code: 'scorer-unknown',
	});
});
