import { expect, test, vi } from 'vitest';
import { all, run } from '../../../electron/database/sql.ts';
import { createEvaluations } from '../../../electron/evaluation/evaluations.ts';
import { failureOf } from '../../support/failure.ts';
import { adds, setUp, sums } from './setup.ts';

const stored = `SELECT r.position, o.output, o.token_ids FROM eval_results r JOIN eval_outputs o ON o.id = r.output_id
  ORDER BY r.position`;

test('a run measures every sample with every model, scores it, and reports the result', async () => {
	const { evaluations, config, ended, sessions } = setUp(sums(20), { models: 2, answer: adds(new Set([3, 4])) });
	const started = await evaluations.start(config());
	expect(started).toMatchObject({ status: 'waiting', name: 'Q8_0 vs Q4_0 on Sums', progress: { done: 0, total: 40 } });
	const done = await ended(started.id);
	expect(done).toMatchObject({ status: 'done', failure: null, scorers: ['exact'], progress: { done: 40, errors: 0 } });
	expect(done.arms.map(({ label }) => label)).toEqual(['Q8_0', 'Q4_0']);
	expect(done.arms[0]).toMatchObject({
		n: 20,
		total: 20,
		errors: 0,
		metrics: { exact: { value: 0.9, n: 20, unscored: 0, method: 'Wilson' } },
	});
	expect(done.byTag).toContainEqual(expect.objectContaining({ tag: 'odd', value: 0.9, n: 10, scorer: 'exact' }));
	// Each model is loaded once, never two at a time.
	expect(sessions.opened).toEqual(['/models/1.gguf', '/models/2.gguf']);
	expect(sessions.most).toBe(1);
	expect(sessions.open_now).toBe(0);

	const { rows, total } = await evaluations.rows({
		arms: done.arms.map(({ id }) => id),
		filter: 'wrong',
		bound: 1,
		scorer: null,
		tag: null,
		search: '',
		offset: 0,
		limit: 10,
	});
	expect(total).toBe(2);
	expect(rows[0]).toMatchObject({
		key: 'sum-3',
		target: '4',
		cells: [{ output: '5', answer: '5', scores: { exact: 0 } }, {}],
	});
	const detail = evaluations.row([done.arms[0]!.id], 3, 0);
	expect(detail.answers[0]).toMatchObject({
		turns: [{ role: 'user', content: '3 + 1' }],
		output: '5',
		scores: [{ scorer: 'exact', value: 0 }],
	});
});

test('the same config twice has the same manifest and answers, and can be repeated exactly', async () => {
	const { evaluations, config, ended, database } = setUp(sums(10));
	const first = await ended((await evaluations.start(config({ epochs: 2, seed: 7 }))).id);
	const again = await ended((await evaluations.repeat(first.id)).id);
	expect(again).toMatchObject({
		repeatOf: first.id,
		manifestHash: first.manifestHash,
		progress: { done: 20 },
		repeatable: 'yes',
	});
	expect(evaluations.get(first.id).repeatable).toBe('yes');
	const digests = all<{ digest: string }>(database, 'SELECT digest FROM eval_shards ORDER BY arm_id, position');
	expect(digests.slice(0, 3)).toEqual(digests.slice(3));
	const other = await ended((await evaluations.start(config({ epochs: 2, seed: 8 }))).id);
	expect(other.manifestHash).not.toBe(first.manifestHash);
});

test('each answer of a sample has its own seed, which depends only on the run and the sample', async () => {
	const seeds = new Map<string, number[]>();
	const answer = (row: { seed: number }, { text }: { text: string }) => {
		seeds.set(text, [...(seeds.get(text) ?? []), row.seed]);
		return { text: 'x' };
	};
	const { evaluations, config, ended } = setUp(sums(6), { answer });
	await ended((await evaluations.start(config({ epochs: 3, shardSize: 2 }))).id);
	const first = new Map(seeds);
	seeds.clear();
	await ended((await evaluations.start(config({ epochs: 3, shardSize: 5, dataset: { datasetId: 1, limit: 4 } }))).id);
	expect(new Set([...first.values()].flat()).size).toBe(18);
	for (const [text, own] of seeds) expect(own).toEqual(first.get(text));
	expect(seeds.size).toBe(4);
});

test('a failed row is counted, and only its shard is measured again', async () => {
	let broken = true;
	const answer = (_: unknown, { text }: { text: string }) =>
		broken && text.startsWith('9 ')
			? { failure: { code: 'prompt-too-long', message: 'Too long.', next: [] } }
			: { text: '1' };
	const { evaluations, config, ended, sessions } = setUp(sums(24), { answer });
	const done = await ended((await evaluations.start(config())).id);
	expect(done).toMatchObject({
		status: 'done',
		progress: { done: 24, errors: 1, failedShards: 0 },
		arms: [{ errors: 1, metrics: { exact: { n: 23, unscored: 1 } } }],
	});
	broken = false;
	sessions.asked.length = 0;
	const retried = await ended(evaluations.retry(done.id).id);
	expect(retried).toMatchObject({ status: 'done', progress: { done: 24, errors: 0 }, repeatable: 'yes' });
	expect(sessions.asked).toEqual(
		sums(24)
			.slice(8, 16)
			.map(({ input }) => input),
	);
	expect(await failureOf(() => evaluations.retry(done.id))).toMatchObject({ code: 'run-without-errors' });
});

test('a scorer that can score no row is reported: its rows count as unscored, and its criterion stays undecided', async () => {
	const { evaluations, config, ended } = setUp(sums(6));
	const scorers = [{ kind: 'exact' }, { kind: 'javascript', name: 'loop', code: 'function score() { throw 1 }' }];
	const criteria = [
		{ metric: 'unscored', operator: 'at-most', value: 0.1 },
		{ metric: 'loop', operator: 'at-least', value: 0.5 },
	];
	const run = await ended((await evaluations.start(config({ scorers, criteria }))).id);
	expect(run.arms[0]?.metrics).not.toHaveProperty('loop');
	expect(run.criteria).toMatchObject([
		{ state: 'not-met', value: 1 },
		{ state: 'undecided', words: 'loop at least 50 %: no row could be scored' },
	]);
});

test('rows that come out differently the second time are named and make the run not repeatable', async () => {
	let broken = true;
	const answer = (_: unknown, { text }: { text: string }) =>
		text.startsWith('1 ') && broken
			? { failure: { code: 'prompt-too-long', message: 'Too long.', next: [] } }
			: { text: broken ? 'a' : 'b' };
	const { evaluations, config, ended } = setUp(sums(4), { answer });
	const done = await ended((await evaluations.start(config())).id);
	broken = false;
	const retried = await ended(evaluations.retry(done.id).id);
	expect(retried.repeatable).toBe('no');
	expect(retried.repeatableNote).toContain('sample sum-0');
	expect(retried.repeatableNote).toContain('“a”, then “b”; so did 2 more');
});

test('a process that dies is restarted; a shard that kills it every time is given up, the others are measured', async () => {
	let deaths = 0;
	const answer = (_: unknown, { text, session }: { text: string; session: number }) => {
		if (text === '2 + 1' && session === 1) return { die: true };
		if (text === '9 + 1' && ++deaths > 0) return { die: true };
		return { text: '1' };
	};
	const { evaluations, config, ended } = setUp(sums(24), { answer });
	const done = await ended((await evaluations.start(config())).id);
	expect(deaths).toBe(3);
	expect(done).toMatchObject({ status: 'done', progress: { failedShards: 1, done: 17 }, repeatable: 'yes' });
	expect(done.givenUp).toEqual([
		{ armId: done.arms[0]?.id, first: 8, last: 15, failure: expect.objectContaining({ code: 'native-process-died' }) },
	]);
	// A retry includes given-up shards.
	deaths = -10;
	expect(await ended(evaluations.retry(done.id).id)).toMatchObject({
		progress: { failedShards: 0, done: 24, errors: 0 },
	});
});

test('a model that dies on everything ends the run with the cause', async () => {
	const { evaluations, config, ended } = setUp(sums(80), { answer: () => ({ die: true }) });
	const failed = await ended((await evaluations.start(config())).id);
	expect(failed).toMatchObject({
		status: 'failed',
		failure: { code: 'native-process-died' },
		progress: { failedShards: 3, done: 0 },
	});
});

test('a paused run keeps its rows and resumes with the rest, also in another process', async () => {
	const { evaluations, config, ended, sessions, context, database } = setUp(sums(40));
	sessions.delayMs = 5;
	const { id } = await evaluations.start(config());
	while (evaluations.get(id).progress.done < 12) await new Promise((resolve) => setTimeout(resolve, 5));
	const paused = await evaluations.pause(id);
	expect(paused.status).toBe('paused');
	expect(sessions.open_now).toBe(0);
	const before = all(database, stored);
	expect(before.length).toBeGreaterThanOrEqual(12);
	expect(before.length).toBeLessThan(40);
	sessions.asked.length = 0;
	const other = createEvaluations(context);
	other.resume(id);
	for (;;) {
		if (other.get(id).status === 'done') break;
		await new Promise((resolve) => setTimeout(resolve, 10));
	}
	const done = await ended(id);
	expect(done).toMatchObject({ status: 'done', progress: { done: 40 } });
	expect(done.arms[0]?.metrics.exact).toMatchObject({ value: 1, n: 40 });
	// Only incomplete shards are measured again.
	expect(sessions.asked.length).toBeLessThan(40);
	const after = all(database, stored);
	expect(after.slice(0, before.length)).toEqual(before);
	expect(await failureOf(() => evaluations.resume(id))).toMatchObject({ code: 'run-done' });
});

test('runs that a dead process left are paused at the next start', async () => {
	const { evaluations, config, sessions, context } = setUp(sums(40));
	sessions.delayMs = 20;
	const { id } = await evaluations.start(config());
	expect(
		createEvaluations({ ...context, lane: Object.assign(async () => {}, { holder: () => null }) }).get(id).status,
	).toBe('paused');
});

test('status events say when a run waits, starts, pauses and ends', async () => {
	const { evaluations, config, ended, events, sessions } = setUp(sums(30));
	sessions.delayMs = 5;
	const heard: string[] = [];
	events.subscribe((event) => {
		if (event.type === 'evaluation-changed' && event.change === 'status') heard.push(event.status);
	});
	const { id } = await evaluations.start(config());
	while (evaluations.get(id).progress.done < 1) await new Promise((resolve) => setTimeout(resolve, 5));
	await evaluations.pause(id);
	evaluations.resume(id);
	await ended(id);
	const changes = heard.filter((status, index) => status !== heard[index - 1]);
	expect(changes).toEqual(['waiting', 'running', 'paused', 'waiting', 'running', 'done']);
});

test('a run whose creation was killed is in no list, and gone at the next start', async () => {
	const { evaluations, config, ended, context, database } = setUp(sums(3));
	const { id } = await evaluations.start(config());
	await ended(id);
	run(
		database,
		`INSERT INTO eval_runs (name, config, manifest, manifest_hash, status, dataset_version_id, created_at)
		 SELECT name, config, manifest, manifest_hash, 'waiting', dataset_version_id, created_at FROM eval_runs`,
	);
	expect(evaluations.list().runs.map((one) => one.id)).toEqual([id]);
	expect(all(database, 'SELECT id FROM eval_runs')).toHaveLength(2);
	createEvaluations(context);
	expect(all(database, 'SELECT id FROM eval_runs')).toEqual([{ id }]);
});

test('a list counts every row that is there: while an answer takes long, and after a crash', async () => {
	const { database, context, evaluations, config, sessions, events } = setUp(sums(24));
	sessions.delayMs = 300;
	const { id } = await evaluations.start(config());
	while (sessions.asked.length < 3) await new Promise((resolve) => setTimeout(resolve, 5));
	// The next answer is under way already, the one after it takes long.
	sessions.delayMs = 5_000;
	const rows = sessions.asked.length + 1;
	await vi.waitFor(() => expect(evaluations.get(id).progress.done).toBe(rows), 4_000);
	let told = 0;
	events.subscribe(({ type }) => {
		if (type === 'evaluation-changed') told += 1;
	});
	const listed = (): unknown => evaluations.list().runs.map(({ progress, arms }) => [progress.done, arms[0]?.n]);
	await vi.waitFor(() => expect(listed()).toEqual([[rows, rows]]), 2_500);
	await vi.waitFor(() => expect(told).toBeGreaterThan(0), 1_000);
	expect(sessions.asked).toHaveLength(rows);
	sessions.delayMs = 0;
	await evaluations.pause(id);

	// A crash within a second of the last summary.
	run(database, `UPDATE eval_arms SET summary = json_set(summary, '$.n', 1)`);
	run(database, `UPDATE eval_runs SET status = 'running'`);
	const next = createEvaluations(context);
	expect(next.list().runs).toMatchObject([{ status: 'paused', progress: { done: rows, errors: 0 } }]);
	expect(next.get(id).progress.done).toBe(rows);
});

test('a chat answer goes first: the process is held until the answer is written', async () => {
	const setup = setUp(sums(24));
	const { evaluations, config, ended, sessions, events } = setup;
	sessions.delayMs = 5;
	const { id } = await evaluations.start(config());
	while (sessions.asked.length < 3) await new Promise((resolve) => setTimeout(resolve, 5));
	setup.answering = true;
	events.publish({ type: 'generation-started', conversationId: 1, messageId: 1, generationId: 1 });
	expect(sessions.held).toEqual([true]);
	expect(evaluations.get(id).progress.doing).toBe('Waiting for the chat answer to finish');
	setup.answering = false;
	events.publish({ type: 'generation-ended', conversationId: 1, messageId: 1, generationId: 1 });
	expect(await ended(id)).toMatchObject({ status: 'done' });
	expect(sessions.held.at(-1)).toBe(false);
});

test('a run in the trash can be restored; an erased one is gone with its rows', async () => {
	const { evaluations, config, ended, database } = setUp(sums(3));
	const { id } = await ended((await evaluations.start(config())).id);
	expect(await failureOf(() => evaluations.erase(id))).toMatchObject({ code: 'run-not-in-trash' });
	await evaluations.remove(id);
	expect(evaluations.list().runs).toEqual([]);
	expect(evaluations.list({ trash: true }).runs).toHaveLength(1);
	expect(evaluations.restore(id)).toMatchObject({ deletedAt: null });
	await evaluations.remove(id);
	await evaluations.erase(id);
	const tables = ['eval_runs', 'eval_arms', 'eval_shards', 'eval_results', 'eval_outputs', 'scores', 'eval_samples'];
	for (const table of tables) expect(all(database, `SELECT * FROM ${table}`)).toEqual([]);
	expect(await failureOf(() => evaluations.get(id))).toMatchObject({ code: 'run-unknown' });
});

test('a large run is erased in pieces, hidden from lists; the next start finishes what a dead process left', async () => {
	const { evaluations, config, ended, context, database } = setUp(sums(1_200));
	const { id } = await ended((await evaluations.start(config({ shardSize: 64 }))).id);
	await evaluations.remove(id);
	const erasing = evaluations.erase(id);
	expect(evaluations.list({ trash: true }).runs).toEqual([]);
	expect(all(database, 'SELECT id FROM eval_results').length).toBeGreaterThan(0);
	createEvaluations(context);
	expect(all(database, 'SELECT id FROM eval_outputs')).toEqual([]);
	await erasing;
	expect(all(database, 'SELECT id FROM eval_runs')).toEqual([]);
});
