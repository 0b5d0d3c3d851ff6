import assert from 'node:assert/strict';
import Anthropic from '@anthropic-ai/sdk';
import { apiKey, base, capital, model, parameters, runChecks, sum } from './checks.mjs';

const client = new Anthropic({ apiKey, baseURL: base, maxRetries: 0 });
const ask = { model, max_tokens: 40, temperature: 0, messages: [{ role: 'user', content: capital }] };
const call = {
	...{ model, max_tokens: 120, temperature: 0, messages: [{ role: 'user', content: sum }] },
	tools: [{ name: 'add', description: 'Adds two numbers', input_schema: parameters }],
	tool_choice: { type: 'tool', name: 'add' },
};

await runChecks({
	async 'a message is answered, whole and streamed'() {
		const whole = await client.messages.create(ask);
		assert.match(whole.content[0].text, /\p{L}/u);
		const streamed = await client.messages.stream(ask).finalMessage();
		assert.deepEqual(streamed.content, whole.content);
		assert.deepEqual(streamed.usage.output_tokens, whole.usage.output_tokens);
	},
	async 'a tool is called, whole and streamed, and its result goes back'() {
		const whole = await client.messages.create(call);
		assert.equal(whole.stop_reason, 'tool_use');
		assert.deepEqual(whole.content.at(-1).input, { a: 2, b: 3 });
		const streamed = await client.messages.stream(call).finalMessage();
		assert.deepEqual(streamed.content.at(-1).input, { a: 2, b: 3 });
		const after = await client.messages.create({
			...call,
			tool_choice: { type: 'auto' },
			messages: [
				...call.messages,
				{ role: 'assistant', content: whole.content },
				{
					role: 'user',
					content: [{ type: 'tool_result', tool_use_id: whole.content.at(-1).id, content: '5' }],
				},
			],
		});
		assert.ok(after.stop_reason);
	},
	async 'tokens are counted as they are used'() {
		const { input_tokens: counted } = await client.messages.countTokens({ model, messages: ask.messages });
		const { usage } = await client.messages.create(ask);
		assert.equal(counted, usage.input_tokens + (usage.cache_read_input_tokens ?? 0));
	},
	async 'errors have the class that the client expects'() {
		await assert.rejects(client.messages.create({ ...ask, model: 'no-such-model' }), Anthropic.NotFoundError);
		const stranger = new Anthropic({ apiKey: 'sk-wrong', baseURL: base, maxRetries: 0 });
		await assert.rejects(stranger.messages.create(ask), Anthropic.AuthenticationError);
	},
});
