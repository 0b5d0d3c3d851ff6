import { describe, expect, test } from 'vitest';
import { type JudgeCheckUpdate, judgeCheckInputSchema } from '../../../electron/contract/evaluation/schema.ts';
import { agreementWords } from '../../../electron/evaluation/judge-agreement.ts';
import { checkJudge, type JudgeCheckContext } from '../../../electron/evaluation/judge-check.ts';
import { rateAnswer } from '../../../electron/feedback/record.ts';
import { createLane } from '../../../electron/jobs/lane.ts';
import { answering, conversationForTest, converse } from '../../support/conversation.ts';
import { openReader } from '../../support/database.ts';
import { type Answering, scriptedSessions } from '../../support/evaluation.ts';
import { failureOf } from '../../support/failure.ts';
import { addModel } from './setup.ts';

/** Rated answers "good …" and "bad …", and a scripted judge. */
async function setUp(ratings: readonly ('up' | 'down')[], answer: Answering) {
	const answers = ratings.map((rating, index) => `${rating === 'up' ? 'good' : 'bad'} answer ${index}`);
	const conversation = conversationForTest(answering(...answers));
	for (const [index, rating] of ratings.entries()) {
		const { answer: message } = await converse(conversation, `Question ${index}?`);
		rateAnswer(conversation, { messageId: message.id, rating, tags: [], comment: null });
	}
	const { database, events, path } = conversation;
	const sessions = scriptedSessions(answer);
	const model = addModel(database, 77);
	const context: JudgeCheckContext = {
		database,
		events,
		reader: openReader(path),
		lane: createLane(),
		openSession: sessions.open,
		library: {
			modelFile: () => model,
			unloadAll: async () => {},
			engineBuild: () => 'scripted',
			options: () => ({}),
			measuringObstacle: () => null,
			chatTemplate: () => null,
			all: () => [],
		},
		answering: () => false,
	};
	return { context, sessions };
}

const input = (more: object = {}) => judgeCheckInputSchema.parse({ modelFileId: 77, rubric: 'It is good.', ...more });

async function updatesOf(stream: AsyncGenerator<JudgeCheckUpdate>): Promise<JudgeCheckUpdate[]> {
	const all: JudgeCheckUpdate[] = [];
	for await (const update of stream) all.push(update);
	return all;
}

const ratings = Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? ('up' as const) : ('down' as const)));

describe('a judge compared with thumbs', () => {
	test('agrees if it gives the same ratings', async () => {
		const { context, sessions } = await setUp(ratings, (_, { text }) => ({
			text: text.includes('good answer') ? 'PASS' : 'FAIL',
		}));
		const updates = await updatesOf(await checkJudge(context, input()));
		expect(updates[0]).toEqual({ type: 'progress', done: 0, total: 20, secondsLeft: null });
		expect(updates.at(-2)).toMatchObject({ type: 'progress', done: 20, secondsLeft: 0 });
		expect(updates.at(-1)).toMatchObject({
			type: 'done',
			agreement: { n: 20, up: 10, down: 10, unscored: 0, observed: 1, kappa: 1 },
		});
		expect(sessions.open_now).toBe(0);
		expect(sessions.asked[0]).toContain('It is good.');
	});

	test('does not agree if it always says yes; answers that it can’t judge are counted', async () => {
		const { context } = await setUp(ratings, (_, { text }) => ({ text: text.includes('answer 3') ? 'well' : 'PASS' }));
		const end = (await updatesOf(await checkJudge(context, input()))).at(-1);
		expect(end).toMatchObject({ type: 'done', agreement: { n: 19, unscored: 1, up: 10, down: 9, kappa: 0 } });
		expect(end?.type === 'done' && end.agreement.words).toBe(
			'The judge called every one of your 19 rated answers good: it tells nothing apart. Change the rubric, or use a larger model.',
		);
	});

	test('sees the newest ratings up to a limit, with grades', async () => {
		const { context, sessions } = await setUp(ratings, (_, { text }) => ({
			text: text.includes('good answer') ? '5' : '3',
		}));
		const end = (await updatesOf(await checkJudge(context, input({ limit: 6, scale: 'grade' })))).at(-1);
		expect(end).toMatchObject({ agreement: { n: 6, up: 3, down: 3, kappa: 1, high: 1 } });
		// Six agreements are no proof.
		expect(end?.type === 'done' && end.agreement.low).toBeCloseTo(0.219, 3);
		expect(sessions.asked.join()).toContain('answer 19');
		expect(sessions.asked.join()).not.toContain('answer 5');
	});

	test('needs ratings of both kinds', async () => {
		const { context } = await setUp(['up', 'up', 'up', 'down'], () => ({ text: 'PASS' }));
		expect(await failureOf(() => checkJudge(context, input()))).toMatchObject({
			code: 'too-few-ratings',
			message: expect.stringContaining('3 thumbs up and 1 thumbs down'),
		});
	});

	test('is stopped when nobody listens any more', async () => {
		const { context, sessions } = await setUp(ratings, () => ({ text: 'PASS' }));
		sessions.delayMs = 50;
		const stream = await checkJudge(context, input());
		for await (const update of stream) if (update.type === 'progress') break;
		await expect.poll(() => sessions.open_now, { timeout: 10_000 }).toBe(0);
		expect(sessions.asked.length).toBeLessThan(20);
	});

	test('reports that its process died', async () => {
		const { context } = await setUp(ratings, () => ({ die: true }));
		const stream = await checkJudge(context, input());
		expect((await failureOf(() => updatesOf(stream))).code).toBe('native-process-died');
	});
});

test('wording of the agreement', () => {
	const facts = { n: 40, unscored: 0, up: 20, down: 20, good: 23, observed: 0.775, expected: 0.5 };
	expect(String(agreementWords({ ...facts, kappa: 0.55, low: 0.29, high: 0.81 }))).toBe(
		'The judge agrees with 31 of your 40 ratings; kappa 0.55 (95 % interval 0.29 to 0.81): moderate agreement.',
	);
	expect(String(agreementWords({ ...facts, n: 10, good: 4, kappa: -0.2, low: -0.8, high: 0.4 }))).toContain(
		'kappa −0.20 (95 % interval −0.80 to 0.40): not shown to be better than chance, from few answers; rate more to be surer.',
	);
	expect(String(agreementWords({ ...facts, good: 0, kappa: 0, low: 0, high: 0 }))).toContain('called none of your 40');
	expect(String(agreementWords({ ...facts, kappa: null, low: null, high: null }))).toContain(
		'one of you always gave the same rating',
	);
});
