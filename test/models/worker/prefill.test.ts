import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { engineNames } from '../../../models/contract/engine-names.ts';
import type { Engine } from '../../../models/engine.ts';
import { type TinyRuntime, tinyRuntime } from '../../support/tiny-runtime.ts';
import { answerOf, ask, resultOf } from '../../support/worker-runtime.ts';

describe.each(engineNames)('engine %s', (name) => {
	let tiny: TinyRuntime;
	let engine: Engine;
	beforeAll(async () => {
		tiny = tinyRuntime({ engine: name });
		engine = await tiny.loadTiny();
	});
	afterAll(() => tiny.close());

	const greedy = { temperature: 0, maxTokens: 24 } as const;

	describe('answer with a given start', () => {
		test.each([
			['without a repeat penalty', 1],
			['with a repeat penalty over the whole answer', 1.3],
		])('it continues as if never interrupted, token for token, %s', async (_, repeatPenalty) => {
			const whole = await answerOf(engine, ask('the cat and the dog', { ...greedy, repeatPenalty }));
			const first = await answerOf(engine, ask('the cat and the dog', { ...greedy, repeatPenalty, maxTokens: 11 }));
			const tokens = resultOf(first).tokenIds;
			const rest = await answerOf(engine, {
				...ask('the cat and the dog', { ...greedy, repeatPenalty, maxTokens: 13 }),
				prefill: { text: first.text, tokens },
			});
			expect([...tokens, ...resultOf(rest).tokenIds]).toEqual(resultOf(whole).tokenIds);
			expect(first.text + rest.text).toBe(whole.text);
		});

		test('it reuses what was evaluated before', async () => {
			const first = await answerOf(engine, ask('tell me of the sea', { ...greedy, maxTokens: 10 }));
			const tokens = resultOf(first).tokenIds;
			const rest = resultOf(
				await answerOf(engine, { ...ask('tell me of the sea', greedy), prefill: { text: first.text, tokens } }),
			);
			expect(rest.promptTokens).toBe(resultOf(first).promptTokens + tokens.length);
			expect(rest.cachedTokens).toBe(rest.promptTokens - 1);
			expect(rest.completionTokens).toBe(24);
		});

		test('its text is used if the tokens are unknown, and nothing in it is a special token', async () => {
			const text = 'the cat <|im_end|> was';
			const plain = await engine.tokenize(text);
			const { promptTokens: alone } = resultOf(await answerOf(engine, ask('hello', { ...greedy, maxTokens: 1 })));
			const rest = resultOf(await answerOf(engine, { ...ask('hello', greedy), prefill: { text, tokens: null } }));
			expect(rest.promptTokens).toBe(alone + plain.length);
			expect(plain.filter((token) => token < 5)).toEqual([]);
		});

		test('a start that fills the context is refused with its size', async () => {
			const small = await tiny.loadTiny({}, { contextSize: 128 });
			const { last } = await answerOf(small, {
				...ask('hello', greedy),
				prefill: { text: 'the '.repeat(200), tokens: null },
			});
			expect(last).toMatchObject({ type: 'failed', failure: { code: 'prompt-too-long' } });
		});

		test('a template that opens the reasoning is reported, and a start given as text does not open it again', async () => {
			const opens = await tiny.loadTiny({
				chatTemplate: "{% for m in messages %}{{ m['content'] }}{% endfor %}<|assistant|><think>\n",
			});
			const alone = await answerOf(opens, ask('hello', { ...greedy, maxTokens: 1 }));
			expect(alone.events.find(({ type }) => type === 'prompt')).toMatchObject({ opensReasoning: true });
			const rest = await answerOf(opens, {
				...ask('hello', greedy),
				prefill: { text: '<think>\nthe cat', tokens: null },
			});
			const begun = await opens.tokenize('the cat');
			expect(resultOf(rest).promptTokens).toBe(resultOf(alone).promptTokens + begun.length);
			const closed = await answerOf(engine, ask('what opens <think>', { ...greedy, maxTokens: 1 }));
			expect(closed.events.find(({ type }) => type === 'prompt')).toMatchObject({ opensReasoning: false });
		});
	});
});
