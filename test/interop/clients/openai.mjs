import assert from 'node:assert/strict';
import OpenAI, { APIError } from 'openai';
import { zodResponseFormat, zodTextFormat } from 'openai/helpers/zod';
import { z } from 'zod';
import { add, apiKey, base, capital, embeddingModel, model, runChecks, sum } from './checks.mjs';

const client = new OpenAI({ apiKey, baseURL: `${base}/v1`, maxRetries: 0 });
const ask = { model, temperature: 0, max_tokens: 40, messages: [{ role: 'user', content: capital }] };
const City = z.object({ name: z.string(), people: z.number().int() });

await runChecks({
	async 'lists models'() {
		const found = [];
		for await (const { id } of client.models.list()) found.push(id);
		assert.ok(found.includes(model), found.join());
		assert.equal((await client.models.retrieve(model)).id, model);
	},
	async 'chat answers'() {
		const { choices, usage } = await client.chat.completions.create(ask);
		assert.match(choices[0].message.content, /\p{L}/u);
		assert.equal(usage.total_tokens, usage.prompt_tokens + usage.completion_tokens);
	},
	async 'chat streams the same text'() {
		const whole = await client.chat.completions.create(ask);
		const stream = client.chat.completions.stream({ ...ask, stream_options: { include_usage: true } });
		const final = await stream.finalChatCompletion();
		assert.equal(final.choices[0].message.content, whole.choices[0].message.content);
		assert.equal(final.usage.completion_tokens, whole.usage.completion_tokens);
	},
	async 'chat has log-probabilities, whole and streamed'() {
		const { choices } = await client.chat.completions.create({ ...ask, logprobs: true, top_logprobs: 2 });
		assert.equal(choices[0].logprobs.content[0].top_logprobs.length, 2);
		const stream = client.chat.completions.stream({ ...ask, logprobs: true, top_logprobs: 2 });
		const final = await stream.finalChatCompletion();
		assert.equal(final.choices[0].logprobs.content.length, choices[0].logprobs.content.length);
	},
	async 'a tool is called, whole and streamed, and its result goes back'() {
		const request = {
			...{ model, temperature: 0, max_tokens: 120, tools: [add] },
			messages: [{ role: 'user', content: sum }],
			tool_choice: { type: 'function', function: { name: 'add' } },
		};
		const { choices } = await client.chat.completions.create(request);
		const [call] = choices[0].message.tool_calls;
		assert.deepEqual(JSON.parse(call.function.arguments), { a: 2, b: 3 });
		const streamed = await client.chat.completions.stream(request).finalChatCompletion();
		assert.equal(streamed.choices[0].message.tool_calls[0].function.arguments, call.function.arguments);
		const after = await client.chat.completions.create({
			...request,
			tool_choice: 'auto',
			messages: [...request.messages, choices[0].message, { role: 'tool', tool_call_id: call.id, content: '5' }],
		});
		assert.ok(after.choices[0].finish_reason);
	},
	async 'a structured answer is parsed'() {
		const { choices } = await client.chat.completions.parse({
			...{ model, temperature: 0, max_tokens: 120, messages: [{ role: 'user', content: 'Describe Paris.' }] },
			response_format: zodResponseFormat(City, 'city'),
		});
		assert.equal(typeof choices[0].message.parsed.name, 'string');
		assert.ok(Number.isInteger(choices[0].message.parsed.people));
	},
	async 'embeddings are the same as numbers and as bytes'() {
		const request = { model: embeddingModel, input: ['the cat sat', 'paris'] };
		// The client asks for bytes unless it is told otherwise.
		const bytes = await client.embeddings.create(request);
		const numbers = await client.embeddings.create({ ...request, encoding_format: 'float' });
		assert.equal(bytes.data.length, 2);
		for (const [at, { embedding }] of bytes.data.entries()) {
			for (const [place, value] of embedding.entries()) {
				assert.ok(Math.abs(value - numbers.data[at].embedding[place]) < 1e-6);
			}
		}
	},
	async 'completions answer, stream and score'() {
		const prompt = 'The capital of France is';
		const whole = await client.completions.create({ model, prompt, max_tokens: 8, temperature: 0 });
		assert.match(whole.choices[0].text, /\p{L}/u);
		let text = '';
		const stream = await client.completions.create({ model, prompt, max_tokens: 8, temperature: 0, stream: true });
		for await (const { choices } of stream) text += choices[0]?.text ?? '';
		assert.equal(text, whole.choices[0].text);
		const scored = await client.completions.create({
			...{ model, prompt, max_tokens: 0, echo: true, logprobs: 1 },
		});
		const { token_logprobs: logs, tokens } = scored.choices[0].logprobs;
		assert.equal(tokens.join(''), prompt);
		assert.ok(logs.slice(1).every((log) => log <= 0));
	},
	async 'responses answer, continue, stream and parse'() {
		const first = await client.responses.create({ model, input: capital, temperature: 0, max_output_tokens: 40 });
		assert.match(first.output_text, /\p{L}/u);
		const next = await client.responses.create({
			...{ model, input: 'And of Italy?', previous_response_id: first.id, max_output_tokens: 40 },
		});
		assert.ok(next.usage.input_tokens > first.usage.input_tokens);
		const stream = client.responses.stream({ model, input: capital, temperature: 0, max_output_tokens: 40 });
		assert.equal((await stream.finalResponse()).output_text, first.output_text);
		const parsed = await client.responses.parse({
			...{ model, input: 'Describe Paris.', temperature: 0, max_output_tokens: 120 },
			text: { format: zodTextFormat(City, 'city') },
		});
		assert.equal(typeof parsed.output_parsed.name, 'string');
		// The server has no route to read a response again.
		await assert.rejects(client.responses.retrieve(first.id), { status: 404 });
	},
	async 'errors have the class that the client expects'() {
		await assert.rejects(client.chat.completions.create({ ...ask, model: 'no-such-model' }), OpenAI.NotFoundError);
		const stranger = new OpenAI({ apiKey: 'sk-wrong', baseURL: `${base}/v1`, maxRetries: 0 });
		await assert.rejects(stranger.chat.completions.create(ask), OpenAI.AuthenticationError);
		const long = [{ role: 'user', content: 'many words '.repeat(20_000) }];
		await assert.rejects(
			client.chat.completions.create({ ...ask, messages: long }),
			(error) => error instanceof APIError && error.status === 400 && error.code === 'context_length_exceeded',
		);
	},
});
