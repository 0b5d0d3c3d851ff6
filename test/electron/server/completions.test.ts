import { describe, expect, test } from 'vitest';
import { scoringBatches } from '../../../electron/server/openai/completions.ts';
import { answering } from '../../support/conversation.ts';
import { dataOf, errorOf, serving } from './serving.ts';

interface Completion {
	readonly choices: readonly {
		readonly index: number;
		readonly text: string;
		readonly finish_reason: string;
		readonly logprobs: {
			readonly tokens: string[];
			readonly token_logprobs: (number | null)[];
			readonly top_logprobs: (Record<string, number> | null)[];
			readonly text_offset: number[];
		} | null;
	}[];
	readonly usage: { readonly prompt_tokens: number; readonly completion_tokens: number };
}

const says = answering([{ type: 'text', text: ' upon a time' }]);

async function completed(response: Response): Promise<Completion> {
	expect(response.status).toBe(200);
	return (await response.json()) as Completion;
}

describe('a completion', () => {
	test('continues a text as it is, with usage and times', async () => {
		const { ask } = await serving(says);
		const answer = await completed(await ask('/v1/completions', { model: 'default', prompt: 'Once' }));
		expect(answer).toMatchObject({
			id: expect.stringMatching(/^cmpl-/),
			object: 'text_completion',
			choices: [{ index: 0, text: ' upon a time', logprobs: null, finish_reason: 'stop' }],
			usage: { prompt_tokens: 1, completion_tokens: 3, total_tokens: 4 },
			timings: { predicted_n: 3 },
		});
	});

	test('with many prompts takes one place in the queue, and counts the tokens of all', async () => {
		const { ask, application } = await serving(says);
		await completed(await ask('/v1/completions', { prompt: ['a', 'b c', 'd e f'], max_tokens: 1 }));
		const [request] = (await application.client.server.requests()).requests;
		expect(request).toMatchObject({ promptTokens: 6, place: null });
	});

	test('takes tokens, lists of both, and n: one choice for each in order', async () => {
		const { ask } = await serving(says);
		const { tokens } = (await (await ask('/tokenize', { content: 'one two' })).json()) as { tokens: number[] };
		for (const prompt of [tokens, [tokens], ['one two'], 'one two']) {
			const answer = await completed(await ask('/v1/completions', { prompt, echo: true }));
			expect(answer.choices.map(({ text }) => text)).toEqual(['one two upon a time']);
			expect(answer.usage.prompt_tokens).toBe(2);
		}
		const many = await completed(
			await ask('/v1/completions', { prompt: ['a', 'b c'], n: 2, echo: true, max_tokens: 1 }),
		);
		expect(many.choices.map(({ index, text, finish_reason: reason }) => [index, text, reason])).toEqual([
			[0, 'a upon', 'length'],
			[1, 'a upon', 'length'],
			[2, 'b c upon', 'length'],
			[3, 'b c upon', 'length'],
		]);
		expect(many.usage).toMatchObject({ prompt_tokens: 3, completion_tokens: 4 });
	});

	test('ends before a stop text and after OpenAI’s 16 tokens if none are asked for', async () => {
		const { ask } = await serving(answering([{ type: 'text', text: ' word'.repeat(40) }]));
		const usual = await completed(await ask('/v1/completions', { prompt: 'x' }));
		expect(usual.usage.completion_tokens).toBe(16);
		const stopped = await completed(await ask('/v1/completions', { prompt: 'x', stop: [' word word'], max_tokens: 9 }));
		expect(stopped.choices[0]).toMatchObject({ text: '', finish_reason: 'stop' });
	});

	test('streams each choice, the echo first, and the usage at the end', async () => {
		const { ask } = await serving(says);
		const asked = { prompt: ['Once', 'Twice'], echo: true, stream: true, stream_options: { include_usage: true } };
		const data = await dataOf(await ask('/v1/completions', asked));
		expect(data.at(-1)).toBe('done');
		const chunks = data.slice(0, -1) as Completion[];
		const textOf = (index: number) =>
			chunks.flatMap(({ choices }) => choices.filter((one) => one.index === index).map(({ text }) => text)).join('');
		expect([textOf(0), textOf(1)]).toEqual(['Once upon a time', 'Twice upon a time']);
		expect(chunks.at(-1)?.usage).toMatchObject({ prompt_tokens: 2, completion_tokens: 6 });
		const reasons = chunks.flatMap(({ choices }) => choices.map((one) => one.finish_reason));
		expect(reasons.filter((reason) => reason !== null)).toEqual(['stop', 'stop']);
	});

	test('names what it can’t do', async () => {
		const { ask } = await serving(says);
		const wrong: [object, string][] = [
			[{ suffix: ' end' }, 'suffix'],
			[{ best_of: 3 }, 'best_of'],
			[{ stream: true, logprobs: 1 }, 'logprobs'],
			[{ prompt: [] }, 'prompt'],
			[{ prompt: [-1] }, 'prompt'],
			[{ temperature: -3 }, 'temperature'],
		];
		for (const [change, param] of wrong) {
			const response = await ask('/v1/completions', { prompt: 'x', ...change });
			expect(response.status).toBe(400);
			expect(await response.json()).toMatchObject({ error: { message: expect.stringContaining(param) } });
		}
		const unknown = await ask('/v1/completions', { prompt: 'x', model: 'nope' });
		expect(await errorOf(unknown)).toMatchObject({ status: 404, message: expect.stringContaining('scripted') });
	});

	test('refuses a prompt that does not fit, with both numbers', async () => {
		const { ask } = await serving({ script: { contextSize: 20 } });
		const words = (count: number) => Array.from({ length: count }, (_, index) => `w${index}`).join(' ');
		const response = await ask('/v1/completions', { prompt: ['short', words(20)] });
		expect(await errorOf(response)).toMatchObject({
			status: 400,
			code: 'context_length_exceeded',
			message: expect.stringMatching(/prompt\.1.*20 tokens.*20/),
		});
		const scored = await ask('/v1/completions', { prompt: words(20), echo: true, logprobs: 0, max_tokens: 0 });
		expect(scored.status).toBe(200);
		expect((await ask('/v1/completions', { prompt: [99_999] })).status).toBe(400);
	});
});

describe('log-probabilities of a prompt', () => {
	test('come with echo: none of the first token, the likeliest of each place, offsets in the text', async () => {
		const { ask } = await serving(says);
		const asked = { prompt: 'a bb ccc', echo: true, logprobs: 1, max_tokens: 0, temperature: 0 };
		const [choice] = (await completed(await ask('/v1/completions', asked))).choices;
		expect(choice).toEqual({
			index: 0,
			text: 'a bb ccc',
			finish_reason: 'length',
			logprobs: {
				tokens: ['a', ' bb', ' ccc'],
				token_logprobs: [null, -2, -3],
				top_logprobs: [null, { a: -1, ' bb': -2 }, { a: -1, ' ccc': -3 }],
				text_offset: [0, 1, 4],
			},
		});
	});

	test('with one token to write, that token is always the last', async () => {
		const { ask } = await serving(says);
		const asked = { prompt: ['a bb', 'ccc'], echo: true, logprobs: 1, max_tokens: 1, temperature: 0 };
		const { choices, usage } = await completed(await ask('/v1/completions', asked));
		expect(choices.map(({ logprobs }) => logprobs?.tokens)).toEqual([
			['a', ' bb', 'a'],
			['ccc', 'a'],
		]);
		expect(choices[0]?.text).toBe('a bba');
		expect(usage).toMatchObject({ prompt_tokens: 3, completion_tokens: 2 });
	});

	test('come for a longer completion too, with the prompt or without', async () => {
		const { ask } = await serving(says);
		const asked = { prompt: 'Once', logprobs: 2, max_tokens: 5 };
		const alone = await completed(await ask('/v1/completions', asked));
		expect(alone.choices[0]?.logprobs).toMatchObject({
			tokens: [' upon', ' a', ' time'],
			token_logprobs: [-4, -1, -4],
			text_offset: [4, 9, 11],
		});
		const whole = await completed(await ask('/v1/completions', { ...asked, echo: true }));
		expect(whole.choices[0]).toMatchObject({
			text: 'Once upon a time',
			logprobs: { tokens: ['Once', ' upon', ' a', ' time'], token_logprobs: [null, -4, -1, -4] },
		});
	});
});

test('a base model without a chat template completes', async () => {
	const { ask } = await serving({ ...says, script: { ...says.script, chat: false }, file: { chat: false } });
	expect(
		(await completed(await ask('/v1/completions', { prompt: 'Once', model: 'scripted-f32' }))).choices[0]?.text,
	).toBe(' upon a time');
	expect(await (await ask('/v1/models')).json()).toMatchObject({ data: [{ task: 'completion' }] });
});

test('prompts are scored in calls that end soon, so that a client may leave', () => {
	const sizes = (prompts: number[][]) => scoringBatches(prompts).map((some) => some.length);
	const prompt = (length: number) => new Array<number>(length).fill(1);
	expect(sizes(Array.from({ length: 600 }, () => prompt(2)))).toEqual([256, 256, 88]);
	expect(sizes([prompt(9_000), prompt(9_000), prompt(7_000), prompt(20_000)])).toEqual([1, 2, 1]);
});

describe('the tokenizer', () => {
	test('answers in the words of llama-server and of vLLM', async () => {
		const { ask } = await serving();
		const tokenized = (await (await ask('/tokenize', { prompt: 'one two', return_token_strs: true })).json()) as {
			tokens: number[];
		};
		expect(tokenized).toMatchObject({ count: 2, max_model_len: 4096, token_strs: ['one', ' two'] });
		const pieces = await (await ask('/tokenize', { content: 'one two', with_pieces: true })).json();
		expect(pieces).toMatchObject({ tokens: [{ piece: 'one' }, { piece: ' two' }] });
		expect(await (await ask('/detokenize', { tokens: tokenized.tokens })).json()).toMatchObject({
			content: 'one two',
			prompt: 'one two',
		});
		expect(await errorOf(await ask('/detokenize', { tokens: [9_999] }))).toMatchObject({ code: 'invalid_token' });
		expect(await (await ask('/tokenizer_info?model=scripted')).json()).toMatchObject({
			bos_token: null,
			eos_token: '<|end|>',
			chat_template: 'scripted',
			model_max_length: 4096,
		});
		expect((await ask('/tokenizer_info?model=nope')).status).toBe(404);
	});

	test('applies the chat template, and counts the tokens of messages', async () => {
		const { ask } = await serving();
		const messages = [{ role: 'user', content: 'hi' }];
		const { prompt } = (await (await ask('/apply-template', { messages })).json()) as { prompt: string };
		expect(prompt).toContain('<|user|> hi');
		const begun = [...messages, { role: 'assistant', content: 'Well' }];
		expect(await (await ask('/apply-template', { messages: begun })).json()).toEqual({ prompt: `${prompt}Well` });
		const { count } = (await (await ask('/tokenize', { messages })).json()) as { count: number };
		expect(count).toBeGreaterThan(2);
	});

	test('the properties of a model can be read without loading it', async () => {
		const loaded = await serving();
		expect(await (await loaded.ask('/props')).json()).toMatchObject({
			default_generation_settings: { n_ctx: 4096 },
			model_alias: 'scripted-f32',
			chat_template: 'scripted',
			is_sleeping: false,
		});
		const asleep = await serving({ inMemory: false });
		expect(await (await asleep.ask('/props')).json()).toMatchObject({ chat_template: null, is_sleeping: true });
	});
});

describe('Ollama’s generate', () => {
	test('answers a prompt, streamed or as one document, or continues it as it is', async () => {
		const { ask } = await serving();
		const whole = await (await ask('/api/generate', { model: 'default', prompt: 'hi', stream: false })).json();
		expect(whole).toMatchObject({ response: 'You said: hi', done: true, done_reason: 'stop' });
		const lines = (await (await ask('/api/generate', { prompt: 'hi' })).text()).trim().split('\n');
		const parts = lines.map((line) => JSON.parse(line) as { response: string; done: boolean });
		expect(parts.map(({ response }) => response).join('')).toBe('You said: hi');
		expect(parts.at(-1)?.done).toBe(true);
		const raw = await (await ask('/api/generate', { prompt: 'hi', raw: true, stream: false })).json();
		expect(raw).toMatchObject({ response: 'You said: hi', prompt_eval_count: 1 });
		expect(await (await ask('/api/generate', { model: 'default' })).json()).toMatchObject({ done_reason: 'load' });
		expect((await ask('/api/generate', { prompt: 'a', suffix: 'b' })).status).toBe(400);
	});
});
