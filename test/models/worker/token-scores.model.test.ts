import { afterAll, beforeAll, expect, test } from 'vitest';
import type { GenerateRequest, TokenScore } from '../../../models/contract/generation.ts';
import type { Engine } from '../../../models/engine.ts';
import { type StarterRuntime, starterRuntime } from '../../support/starter-runtime.ts';
import { type Answer, answerOf, ask, resultOf } from '../../support/worker-runtime.ts';

let starter: StarterRuntime;
let engine: Engine;
beforeAll(async () => {
	starter = starterRuntime();
	engine = await starter.load('starter');
});
afterAll(() => starter.close());

const question = 'What is the capital of France?';

const scoresOf = ({ events }: Answer): TokenScore[] =>
	events.flatMap((event) => (event.type === 'tokens' ? (event.scores ?? []) : []));

const textOf = (bytes: readonly number[]): string => Buffer.from(bytes).toString('utf8');

test('each token has its log-probability and the likeliest in its place; their bytes are the answer', async () => {
	const request: GenerateRequest = { ...ask(question, { temperature: 0, maxTokens: 8 }), logprobs: 5 };
	const answer = await answerOf(engine, request);
	const scores = scoresOf(answer);
	expect(scores.map(({ token }) => token)).toEqual(resultOf(answer).tokenIds);
	expect(textOf(scores.flatMap(({ bytes }) => bytes))).toBe(answer.text);
	for (const { token, logprob, top } of scores) {
		// At temperature 0 the likeliest token is taken.
		expect(top.map((one) => one.token)[0]).toBe(token);
		expect(top[0]?.logprob).toBe(logprob);
		expect(top).toHaveLength(5);
		expect(top.map((one) => one.logprob)).toEqual(top.map((one) => one.logprob).toSorted((a, b) => b - a));
		expect(top.reduce((sum, one) => sum + Math.exp(one.logprob), 0)).toBeLessThanOrEqual(1 + 1e-5);
	}
	const led = await answerOf(engine, { ...request, prefill: { text: 'The capital of France is', tokens: null } });
	const [next] = scoresOf(led);
	expect(textOf(next?.bytes ?? [])).toBe(' Paris');
	expect(Math.exp(next?.logprob ?? Number.NEGATIVE_INFINITY)).toBeGreaterThan(0.5);
});

test('scores don’t change the answer, and an accepted draft has them too', async () => {
	const asked = ask('Repeat: one two three four one two three four one two three four', { seed: 5, maxTokens: 30 });
	const plain = resultOf(await answerOf(engine, asked));
	const scored = await answerOf(engine, { ...asked, logprobs: 0 });
	expect(resultOf(scored).tokenIds).toEqual(plain.tokenIds);
	expect(scoresOf(scored).every(({ top }) => top.length === 0)).toBe(true);
	const drafting = await starter.load('drafting', { drafting: 'lookup' });
	const drafted = await answerOf(drafting, {
		...ask(asked.turns[0]!.content, { temperature: 0, maxTokens: 30 }),
		logprobs: 1,
	});
	expect(resultOf(drafted).drafted).toBeGreaterThan(0);
	expect(scoresOf(drafted).map(({ token }) => token)).toEqual(resultOf(drafted).tokenIds);
	await drafting.stop();
});

test('a bias bans a token or forces it, also with a grammar; a token that does not exist is refused', async () => {
	const greedy = ask(question, { temperature: 0, maxTokens: 12 });
	const [first = 0] = resultOf(await answerOf(engine, greedy)).tokenIds;
	const banned = resultOf(await answerOf(engine, { ...greedy, logitBias: [[first, -100]] }));
	expect(banned.tokenIds[0]).not.toBe(first);
	const [word = 0] = await engine.tokenize(' blue');
	expect(resultOf(await answerOf(engine, { ...greedy, logitBias: [[word, 100]] })).tokenIds).toEqual(
		new Array(12).fill(word),
	);
	const grammar = 'root ::= "yes" | "no"';
	const yes = await answerOf(engine, { ...greedy, grammar });
	const [start = 0] = resultOf(yes).tokenIds;
	const biased = await answerOf(engine, { ...greedy, grammar, logitBias: [[start, -100]] });
	expect(resultOf(biased).tokenIds[0]).not.toBe(start);
	expect(['yes', 'no']).toContain(biased.text);
	const wrong = await answerOf(engine, { ...greedy, logitBias: [[49_152, 1]] });
	expect(wrong.last).toMatchObject({ type: 'failed', failure: { code: 'token-unknown' } });
});

test('a deterministic answer has the same bits alone, after others, and while others are asked for', async () => {
	const asked: GenerateRequest = {
		...ask(`${'The river runs to the sea. '.repeat(30)}\nWrite a story about it.`, {
			seed: 3,
			temperature: 1,
			maxTokens: 40,
		}),
		deterministic: true,
		logprobs: 0,
	};
	const busy = await starter.load('busy', { parallelAnswers: 4 });
	const alone = await answerOf(busy, asked);
	expect(resultOf(alone)).toMatchObject({ deterministic: true, cachedTokens: 0 });
	expect(resultOf(alone).width).toBeUndefined();
	const others = ['Tell me a joke.', `${'The river runs to the sea. '.repeat(20)} Go on.`, 'Count to ten.'].map(
		(text, index) => answerOf(busy, { ...ask(text, { maxTokens: 30, seed: index }), cacheKey: `other-${index}` }),
	);
	const among = await answerOf(busy, asked);
	const widths = (await Promise.all(others)).map((answer) => resultOf(answer).width ?? 1);
	expect(Math.max(...widths)).toBeGreaterThan(1);
	const [again] = await Promise.all([answerOf(busy, asked), answerOf(busy, ask('And you?', { maxTokens: 10 }))]);
	for (const one of [among, again]) {
		expect(resultOf(one).tokenIds).toEqual(resultOf(alone).tokenIds);
		expect(scoresOf(one)).toEqual(scoresOf(alone));
	}
	await busy.stop();
});

test('a prompt can be computed without the cache, and a changed word in it is named', async () => {
	const long = (word: string) =>
		`${'All rivers run into the sea. '.repeat(20)}${word} ${'Yet the sea is not full. '.repeat(20)}`;
	await answerOf(engine, ask(long('monday'), { maxTokens: 2 }));
	const changed = resultOf(await answerOf(engine, ask(long('tuesday'), { maxTokens: 2 })));
	expect(changed.cachedTokens).toBeGreaterThan(0);
	expect(changed.cacheMiss?.at).toBeGreaterThanOrEqual(changed.cachedTokens);
	expect(changed.cacheMiss).toMatchObject({ cached: expect.stringMatching(/m/), prompt: expect.stringMatching(/t/) });
	const same = resultOf(await answerOf(engine, ask(long('tuesday'), { maxTokens: 2 })));
	expect(same.cachedTokens).toBe(same.promptTokens - 1);
	expect(same.cacheMiss).toBeUndefined();
	const fresh = await answerOf(engine, { ...ask(long('tuesday'), { maxTokens: 2 }), reusePrefix: false });
	expect(resultOf(fresh).cachedTokens).toBe(0);
	const all = await answerOf(engine, { ...ask(long('wednesday'), { maxTokens: 2 }), reusePrefix: 'all' });
	const { cachedTokens, cacheMiss } = resultOf(all);
	expect(cachedTokens).toBe(cacheMiss?.at);
});
