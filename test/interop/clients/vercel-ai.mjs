import assert from 'node:assert/strict';
import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { embedMany, generateText, jsonSchema, Output, streamText, tool } from 'ai';
import { z } from 'zod';
import { apiKey, base, capital, embeddingModel, model, parameters, runChecks, sum } from './checks.mjs';

const baseURL = `${base}/v1`;
const openai = createOpenAI({ apiKey, baseURL });
const compatible = createOpenAICompatible({
	name: 'assay',
	apiKey,
	baseURL,
	includeUsage: true,
	supportsStructuredOutputs: true,
});
const anthropic = createAnthropic({ apiKey, baseURL });

const models = {
	'@ai-sdk/openai, chat': openai.chat(model),
	'@ai-sdk/openai, responses': openai.responses(model),
	'@ai-sdk/openai-compatible': compatible(model),
	'@ai-sdk/anthropic': anthropic(model),
};
const settings = { temperature: 0, maxOutputTokens: 120, maxRetries: 0 };
const tools = { add: tool({ description: 'Adds two numbers', inputSchema: jsonSchema(parameters) }) };

const checks = {};
for (const [name, one] of Object.entries(models)) {
	checks[`${name}: text, whole and streamed`] = async () => {
		const whole = await generateText({ model: one, prompt: capital, ...settings });
		assert.match(whole.text, /\p{L}/u);
		assert.ok(whole.usage.outputTokens > 0);
		const errors = [];
		const stream = streamText({
			...{ model: one, prompt: capital, ...settings },
			onError: ({ error }) => errors.push(error),
		});
		assert.equal(await stream.text, whole.text);
		assert.deepEqual(errors, []);
		assert.equal((await stream.usage).inputTokens, whole.usage.inputTokens);
	};
	checks[`${name}: a tool is called, whole and streamed`] = async () => {
		const request = { model: one, prompt: sum, tools, toolChoice: { type: 'tool', toolName: 'add' }, ...settings };
		const { toolCalls } = await generateText(request);
		assert.deepEqual(toolCalls[0]?.input, { a: 2, b: 3 });
		const streamed = await streamText(request).toolCalls;
		assert.deepEqual(streamed[0]?.input, { a: 2, b: 3 });
	};
	checks[`${name}: a structured answer`] = async () => {
		const schema = z.object({ name: z.string(), people: z.number().int() });
		const request = { model: one, prompt: 'Describe Paris.', output: Output.object({ schema }), ...settings };
		const { output } = await generateText(request);
		assert.equal(typeof output.name, 'string');
	};
}
checks['completions and embeddings'] = async () => {
	const prompt = 'The capital of France is';
	for (const one of [openai.completion(model), compatible.completionModel(model)]) {
		const { text } = await generateText({ model: one, prompt, ...settings });
		assert.ok(text.length > 0);
	}
	const { embeddings } = await embedMany({ model: compatible.embeddingModel(embeddingModel), values: ['one', 'two'] });
	assert.equal(embeddings.length, 2);
};
checks['an error has the server’s message'] = async () => {
	for (const one of [openai.chat('no-such-model'), compatible('no-such-model'), anthropic('no-such-model')]) {
		await assert.rejects(generateText({ model: one, prompt: 'x', ...settings }), /no-such-model/);
	}
};

await runChecks(checks);
