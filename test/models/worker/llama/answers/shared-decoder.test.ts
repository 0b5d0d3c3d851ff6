import { mkdtempSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { GenerateRequest, Turn } from '../../../../../models/contract/generation.ts';
import type { Engine } from '../../../../../models/engine.ts';
import { assistant, user } from '../../../../support/fixtures/turn.ts';
import { watchLateness } from '../../../../support/lateness.ts';
import { seededRandom } from '../../../../support/seeded-random.ts';
import { writeTinyGguf } from '../../../../support/tiny-gguf.ts';
import { writeTinyLora } from '../../../../support/tiny-lora.ts';
import { type TinyRuntime, tinyRuntime } from '../../../../support/tiny-runtime.ts';
import { answerOf, ask, resultOf, testLoadOptions } from '../../../../support/worker-runtime.ts';

let tiny: TinyRuntime;
/** Answers four at once. */
let engine: Engine;
/** Answers one after another. */
let single: Engine;
beforeAll(async () => {
	tiny = tinyRuntime();
	engine = await tiny.loadTiny({}, { contextSize: 2048 });
	single = await tiny.loadTiny({}, { contextSize: 2048, parallelAnswers: 1 });
});
afterAll(() => tiny.close());

function of(
	cacheKey: string,
	turns: string | readonly Turn[],
	sampling: Parameters<typeof ask>[1] = {},
): GenerateRequest {
	const asked = typeof turns === 'string' ? [user(turns)] : [...turns];
	return { ...ask('', sampling), turns: asked, cacheKey };
}

/** Never ends by itself: the grammar excludes the end token. */
const endless = 'root ::= [a-z ] root';

describe('several answers of one model', () => {
	test('they are written at the same time, each to its end, and say how many there were', async () => {
		const ended: string[] = [];
		const begun = new Set<string>();
		let most = 0;
		const one = async (name: string, maxTokens: number): Promise<number | undefined> => {
			const request = { ...of(name, `tell me of ${name}`, { maxTokens, seed: maxTokens }), grammar: endless };
			const answer = await answerOf(engine, request, undefined, ({ type }) => {
				if (type === 'tokens') begun.add(name);
				most = Math.max(most, begun.size - ended.length);
			});
			ended.push(name);
			expect(resultOf(answer)).toMatchObject({ completionTokens: maxTokens, stopReason: 'max-tokens' });
			return resultOf(answer).width;
		};
		const widths = await Promise.all([one('sea', 240), one('cat', 160), one('dog', 80), one('mat', 120)]);
		expect(ended).toEqual(['dog', 'mat', 'cat', 'sea']);
		expect([most, ...widths]).toEqual([4, 4, 4, 4, 4]);
	});

	test('each has its own stop strings, limits and grammar; one that fails does not affect the others', async () => {
		const [free, digits, stopped, broken] = await Promise.all([
			answerOf(engine, { ...of('a', 'go on', { maxTokens: 90 }), grammar: endless }),
			answerOf(engine, { ...of('b', 'count', { maxTokens: 30 }), grammar: 'root ::= [0-9] root' }),
			answerOf(engine, { ...of('c', 'say', { stop: ['9'] }), grammar: 'root ::= "the cat 9 lives"' }),
			answerOf(engine, { ...of('d', 'fail'), grammar: 'root ::= (' }),
		]);
		expect(resultOf(free).completionTokens).toBe(90);
		expect(digits.text).toMatch(/^\d{30}$/);
		expect(stopped.text).toBe('the cat ');
		expect(resultOf(stopped)).toMatchObject({ stopReason: 'stop-string', stopString: '9' });
		expect(broken.last).toMatchObject({ type: 'failed', failure: { code: 'grammar-invalid' } });
	});

	test('excess answers wait in order, are told so, and can be stopped while waiting', async () => {
		const order: string[] = [];
		const told: string[] = [];
		const giveUp = new AbortController();
		const one = async (name: string, signal?: AbortSignal): Promise<string> => {
			const request = { ...of(name, name, { maxTokens: 60 }), grammar: endless };
			const answer = await answerOf(engine, request, signal, ({ type }) => {
				if (type === 'queued') told.push(name);
				if (type === 'prompt' && !order.includes(name)) order.push(name);
			});
			return resultOf(answer).stopReason;
		};
		const names = ['1', '2', '3', '4', '5', '6', '7'];
		const all = names.map((name) => one(name, name === '6' ? giveUp.signal : undefined));
		giveUp.abort();
		const reasons = await Promise.all(all);
		expect(reasons).toEqual(names.map((name) => (name === '6' ? 'stopped' : 'max-tokens')));
		expect(order).toEqual(['1', '2', '3', '4', '5', '7']);
		expect(told.toSorted()).toEqual(['5', '6', '7']);
	});

	test('each can be stopped at once while the others continue', async () => {
		const giveUp = new AbortController();
		let stoppedAt = 0;
		const within = watchLateness();
		const stopping = answerOf(engine, { ...of('a', 'a', { maxTokens: 1500 }), grammar: endless }, giveUp.signal);
		const going = answerOf(engine, { ...of('b', 'b', { maxTokens: 400 }), grammar: endless }, undefined, ({ type }) => {
			if (type !== 'tokens' || stoppedAt > 0) return;
			stoppedAt = performance.now();
			giveUp.abort();
		});
		const { stopReason, completionTokens } = resultOf(await stopping);
		expect(performance.now() - stoppedAt).toBeLessThan(within(100));
		expect(stopReason).toBe('stopped');
		expect(completionTokens).toBeLessThan(1500);
		expect(resultOf(await going)).toMatchObject({ stopReason: 'max-tokens', completionTokens: 400 });
	});

	test('they reuse their own conversation, and prefixes shared with others', async () => {
		const story = 'the cat and the dog sat on the mat and he had not been at the sea '.repeat(3);
		const [first, second] = await Promise.all([
			answerOf(engine, of('one', `${story} one`, { maxTokens: 20 })),
			answerOf(engine, of('two', `in ${story} two`, { maxTokens: 20 })),
		]);
		const goesOn = (key: string, question: string, answer: string) =>
			answerOf(engine, of(key, [user(question), assistant(answer), user('and?')], { maxTokens: 5 }));
		const [one, two, other] = await Promise.all([
			goesOn('one', `${story} one`, first.text),
			goesOn('two', `in ${story} two`, second.text),
			answerOf(engine, of('three', `${story} but not one`, { maxTokens: 5 })),
		]);
		expect(resultOf(one).cachedTokens).toBeGreaterThan(resultOf(first).promptTokens - 2);
		expect(resultOf(two).cachedTokens).toBeGreaterThan(resultOf(second).promptTokens - 2);
		expect(resultOf(other).cachedTokens).toBeGreaterThan(100);
	});

	test('what prompts that arrive together begin with is computed once, and has one place in the context', async () => {
		const own = await tiny.loadTiny({}, { contextSize: 1024, parallelAnswers: 4 });
		const story = 'the cat and the dog sat on the mat and he had not been at the sea '.repeat(10);
		const asked = ['one', 'two', 'tree', 'for'].map((end) => of(end, `${story} ${end}`, { maxTokens: 30 }));
		const answers = await Promise.all(asked.map((request) => answerOf(own, { ...request, grammar: endless })));
		const results = answers.map(resultOf);
		const [first, ...others] = results;
		expect(first?.cachedTokens).toBe(0);
		// Two of them would not fit into the context with a copy each.
		const promptTokens = first?.promptTokens ?? 0;
		expect(2 * promptTokens).toBeGreaterThan(1024);
		for (const { cachedTokens } of others) expect(cachedTokens).toBeGreaterThan(promptTokens - 20);
		expect(results.map(({ width }) => width)).toEqual([4, 4, 4, 4]);
		await own.stop();
	});

	test('text comes as often as was asked for, the first and all of it in any case', async () => {
		const request = { ...of('often', 'the cat', { maxTokens: 40 }), grammar: endless };
		const pieces = async (every?: number): Promise<string[]> => {
			const texts: string[] = [];
			const asked = every === undefined ? request : { ...request, textEveryMs: every };
			const { text } = await answerOf(single, asked, undefined, (event) => {
				if (event.type === 'tokens') texts.push(event.text);
			});
			expect(texts.join('')).toBe(text);
			return texts;
		};
		const each = await pieces();
		expect(each.length).toBeGreaterThan(30);
		const [first, rest, ...more] = await pieces(60_000);
		expect(first).toBe(each[0]);
		expect(rest).toBe(each.slice(1).join(''));
		expect(more).toEqual([]);
	});
});

describe('random sequence of answers', () => {
	test('all end properly, and later answers are computed as if there had been none', async () => {
		const random = seededRandom(11);
		const own = await tiny.loadTiny({}, { contextSize: 768, parallelAnswers: 3 });
		const expected = resultOf(await answerOf(own, of('plain', 'the cat', { maxTokens: 40 }))).tokenIds;
		const one = async (index: number): Promise<void> => {
			await sleep(random() * 300);
			const maxTokens = 1 + Math.floor(random() * 200);
			const giveUp = new AbortController();
			const words = 'of the sea '.repeat(1 + Math.floor(random() * 30));
			const request = { ...of(`c${index % 5}`, `${words} ${index}`, { maxTokens, seed: index }), grammar: endless };
			if (random() < 0.4) setTimeout(() => giveUp.abort(), random() * 200);
			const { stopReason, completionTokens, tokenIds } = resultOf(await answerOf(own, request, giveUp.signal));
			expect(tokenIds).toHaveLength(completionTokens);
			if (!giveUp.signal.aborted) expect([stopReason, completionTokens]).toEqual(['max-tokens', maxTokens]);
		};
		await Promise.all(Array.from({ length: 40 }, (_, index) => one(index)));
		await sleep(1800);
		expect(resultOf(await answerOf(own, of('plain', 'the cat', { maxTokens: 40 }))).tokenIds).toEqual(expected);
	});
});

describe('single answer', () => {
	test('its tokens are those of an engine that computes one at a time, before others and after those are idle', async () => {
		const request = of('alone', 'the cat and the dog', { maxTokens: 80, seed: 7 });
		const expected = resultOf(await answerOf(single, request)).tokenIds;
		const own = await tiny.loadTiny({}, { contextSize: 2048 });
		expect(resultOf(await answerOf(own, request)).tokenIds).toEqual(expected);
		await Promise.all(['a', 'b', 'c'].map((key) => answerOf(own, of(key, `of ${key}`, { maxTokens: 40 }))));
		// When idle, only the last conversation stays in the context, from its first cell.
		await sleep(1800);
		const after = resultOf(await answerOf(own, request));
		expect(after.width).toBeUndefined();
		expect(after.tokenIds).toEqual(expected);
	});
});

describe('full context', () => {
	test('the youngest answer waits; all finish, and none is cut short', async () => {
		const small = await tiny.loadTiny({}, { contextSize: 512, parallelAnswers: 4 });
		const one = (key: string, maxTokens: number) =>
			answerOf(small, { ...of(key, `tell me of ${key}`, { maxTokens }), grammar: endless });
		const answers = await Promise.all([one('a', 400), one('b', 300), one('c', 200), one('d', 100)]);
		expect(answers.map((answer) => resultOf(answer).completionTokens)).toEqual([400, 300, 200, 100]);
		for (const answer of answers) {
			expect(answer.events.at(-1)?.type).toBe('done');
			expect(answer.text.length).toBeGreaterThan(90);
		}
	});
});

describe('adapters', () => {
	test('they are applied after running answers end and before later ones start', async () => {
		const adapter = writeTinyLora(join(tiny.folder, 'lora.gguf'));
		const request = of('x', 'the cat', { maxTokens: 30, temperature: 0 });
		const bare = resultOf(await answerOf(engine, request)).tokenIds;
		const running = [1, 2].map((seed) =>
			answerOf(engine, { ...of(`${seed}`, 'go', { maxTokens: 200, seed }), grammar: endless }),
		);
		const set = engine.setAdapters([{ path: adapter, scale: 4 }]);
		const later = answerOf(engine, request);
		for (const answer of await Promise.all(running)) expect(resultOf(answer).completionTokens).toBe(200);
		await set;
		expect(resultOf(await later).tokenIds).not.toEqual(bare);
		await engine.setAdapters([]);
		expect(resultOf(await answerOf(engine, request)).tokenIds).toEqual(bare);
	});
});

describe('conversations answered together', () => {
	test('they are saved to disk separately, and continue after a restart', async () => {
		const states = mkdtempSync(join(tiny.folder, 'states-'));
		const path = writeTinyGguf(join(tiny.folder, 'kept.gguf'));
		const load = () =>
			tiny.runtime.load({
				key: 'kept',
				path,
				options: { ...testLoadOptions, contextSize: 2048 },
				savedStates: { folder: states, limitBytes: 1e9 },
			});
		const story = 'the cat and the dog sat on the mat and it was that he had not been at the sea '.repeat(3);
		const kept = (key: string, turns: readonly Turn[]): GenerateRequest => ({
			...of(key, turns, { maxTokens: 10 }),
			keepState: true,
		});
		const first = await load();
		const answers = await Promise.all(
			['one', 'two'].map((key) => answerOf(first, kept(key, [user(`${key} ${story}`)]))),
		);
		await vi.waitFor(() => expect(readdirSync(states)).toHaveLength(2), { timeout: 5000 });
		await tiny.runtime.unload('kept');
		const again = await load();
		const turns = (key: string, text: string): Turn[] => [user(`${key} ${story}`), assistant(text), user('and?')];
		const further = await Promise.all(
			['one', 'two'].map((key, index) => answerOf(again, kept(key, turns(key, answers[index]!.text)))),
		);
		for (const [index, answer] of further.entries()) {
			expect(resultOf(answer).cachedTokens).toBeGreaterThanOrEqual(resultOf(answers[index]!).promptTokens);
		}
	});
});
