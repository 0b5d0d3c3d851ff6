import assert from 'node:assert/strict';
import { Ollama } from 'ollama';
import { add, apiKey, base, capital, embeddingModel, model, runChecks } from './checks.mjs';

const client = new Ollama({ host: base, headers: { authorization: `Bearer ${apiKey}` } });
const ask = { model, messages: [{ role: 'user', content: capital }], options: { temperature: 0, num_predict: 40 } };

await runChecks({
	async 'models are listed and shown'() {
		const { models } = await client.list();
		assert.ok(models.length > 0);
		const shown = await client.show({ model });
		assert.ok(shown.capabilities.includes('completion'));
	},
	async 'chat answers, whole and streamed'() {
		const whole = await client.chat(ask);
		assert.match(whole.message.content, /\p{L}/u);
		let text = '';
		for await (const { message } of await client.chat({ ...ask, stream: true })) text += message.content;
		assert.equal(text, whole.message.content);
	},
	async 'a format is followed, and tools are taken'() {
		const format = { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] };
		const { message } = await client.chat({ ...ask, format });
		assert.equal(typeof JSON.parse(message.content).name, 'string');
		assert.equal((await client.chat({ ...ask, tools: [add] })).done, true);
	},
	async 'texts are embedded, and completed'() {
		const { embeddings } = await client.embed({ model: embeddingModel, input: ['one', 'two'] });
		assert.equal(embeddings.length, 2);
		const { response } = await client.generate({ model, prompt: capital, options: ask.options });
		assert.match(response, /\p{L}/u);
	},
	async 'an unknown model is an error with its name'() {
		await assert.rejects(client.chat({ ...ask, model: 'no-such-model' }), /no-such-model/);
	},
});
