import assert from 'node:assert/strict';
import { HumanMessage, ToolMessage } from '@langchain/core/messages';
import { tool } from '@langchain/core/tools';
import { ChatOpenAI, OpenAI, OpenAIEmbeddings } from '@langchain/openai';
import { z } from 'zod';
import { apiKey, base, capital, embeddingModel, model, runChecks, sum } from './checks.mjs';

const configuration = { baseURL: `${base}/v1` };
const chat = new ChatOpenAI({ model, apiKey, configuration, temperature: 0, maxTokens: 120, maxRetries: 0 });
const add = tool(({ a, b }) => String(a + b), {
	...{ name: 'add', description: 'Adds two numbers' },
	schema: z.object({ a: z.number().int(), b: z.number().int() }),
});

await runChecks({
	async 'chat answers, whole and streamed'() {
		const whole = await chat.invoke(capital);
		assert.match(whole.content, /\p{L}/u);
		assert.ok(whole.usage_metadata.output_tokens > 0);
		let text = '';
		for await (const part of await chat.stream(capital)) text += part.content;
		assert.equal(text, whole.content);
	},
	async 'a tool is called and its result goes back'() {
		const bound = chat.bindTools([add], { tool_choice: 'add' });
		const asked = new HumanMessage(sum);
		const answer = await bound.invoke([asked]);
		const [call] = answer.tool_calls;
		assert.deepEqual(call.args, { a: 2, b: 3 });
		const result = await add.invoke(call);
		assert.ok(result instanceof ToolMessage);
		const after = await chat.bindTools([add]).invoke([asked, answer, result]);
		assert.ok(after.response_metadata.finish_reason);
	},
	async 'a structured answer is parsed'() {
		const City = z.object({ name: z.string(), people: z.number().int() });
		for (const method of ['jsonSchema', 'functionCalling']) {
			const city = await chat.withStructuredOutput(City, { name: 'city', method }).invoke('Describe Paris.');
			assert.equal(typeof city.name, 'string', method);
		}
	},
	async 'responses, completions and embeddings answer'() {
		const responses = new ChatOpenAI({
			model,
			apiKey,
			configuration,
			temperature: 0,
			maxTokens: 40,
			useResponsesApi: true,
		});
		assert.match((await responses.invoke(capital)).text, /\p{L}/u);
		const completions = new OpenAI({ model, apiKey, configuration, temperature: 0, maxTokens: 8 });
		assert.ok((await completions.invoke('The capital of France is')).length > 0);
		const embeddings = new OpenAIEmbeddings({ model: embeddingModel, apiKey, configuration });
		assert.equal((await embeddings.embedDocuments(['one', 'two'])).length, 2);
	},
});
