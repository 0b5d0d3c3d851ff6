import { describe, expect, test } from 'vitest';
import { messagePromptSchema } from '../../../electron/contract/conversation/schema.ts';
import { techniqueSchema } from '../../../electron/contract/evaluation/technique.ts';
import { applyRecipe } from '../../../electron/server/apply-recipe.ts';
import { mcpServing } from '../mcp/application.ts';
import { call, httpClient } from '../mcp/clients.ts';
import { errorOf } from './serving.ts';

/** The worker repeats the last turn that it was given. */
const echo = {};

async function served() {
	const all = await mcpServing({ script: echo });
	const { client } = all.application;
	const ask = (path: string, body?: unknown) =>
		fetch(`http://127.0.0.1:${all.port}${path}`, {
			...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
			headers: { authorization: `Bearer ${all.key}`, 'content-type': 'application/json' },
		});
	return { ...all, client, ask };
}

const messages = [{ role: 'user', content: 'Hello' }];

describe('an alias', () => {
	test('answers as the model that it names, is listed, and can be taken back', async () => {
		const { client, ask, alpha, beta } = await served();
		expect(await errorOf(await ask('/v1/chat/completions', { model: 'gpt-4o', messages }))).toMatchObject({
			status: 404,
			code: 'model_not_found',
		});
		const first = await client.server.setAlias({ name: 'gpt-4o', target: { modelFileId: beta } });
		expect(first).toMatchObject({ alias: { name: 'gpt-4o', modelName: 'beta F32' }, before: null });
		const answer = await (await ask('/v1/chat/completions', { model: 'gpt-4o', messages })).json();
		expect(answer).toMatchObject({ model: 'beta-f32', choices: [{ message: { content: 'You said: Hello' } }] });
		expect(await client.server.resolveModel({ name: 'GPT-4o' })).toMatchObject({
			model: { id: beta },
			alias: 'gpt-4o',
		});
		const { data } = (await (await ask('/v1/models')).json()) as { data: { id: string; aliases: string[] }[] };
		expect(data.map(({ id }) => id)).toEqual(['beta-f32', 'alpha-f32', 'gpt-4o']);
		expect(data[0]).toMatchObject({ aliases: ['gpt-4o'] });
		const tags = (await (await ask('/api/tags')).json()) as { models: { name: string }[] };
		expect(tags.models.map(({ name }) => name)).toEqual(['beta-f32', 'alpha-f32', 'gpt-4o']);
		expect(await (await ask('/v1/models/gpt-4o')).json()).toMatchObject({ id: 'gpt-4o', alias_of: 'beta-f32' });

		const second = await client.server.setAlias({ name: 'gpt-4o', target: { modelFileId: alpha } });
		expect(second.before).toMatchObject({ id: first.alias.id, modelName: 'beta F32' });
		expect(await client.server.resolveModel({ name: 'gpt-4o' })).toMatchObject({ model: { id: alpha } });
		await client.server.restoreAlias({ id: first.alias.id });
		expect(await client.server.resolveModel({ name: 'gpt-4o' })).toMatchObject({ model: { id: beta } });
		await client.server.removeAlias({ name: 'gpt-4o' });
		expect(await client.server.aliases()).toEqual({ aliases: [] });
		await expect(client.server.resolveModel({ name: 'gpt-4o' })).rejects.toMatchObject({
			data: { code: 'model-unknown' },
		});
		const { changes } = await client.server.aliasHistory({ name: 'gpt-4o' });
		expect(changes.map(({ modelName, recipe }) => [modelName, recipe !== null])).toEqual([
			['beta F32', false],
			['beta F32', true],
			['alpha F32', true],
			['beta F32', true],
		]);
		expect(changes.every(({ setAt }) => setAt > 0)).toBe(true);
	});

	test('is refused if it is the name of a model, no name, or unknown', async () => {
		const { client, beta } = await served();
		const set = (name: string) => client.server.setAlias({ name, target: { modelFileId: beta } });
		await expect(set('Alpha-F32')).rejects.toMatchObject({ data: { code: 'alias-taken' } });
		for (const name of ['', 'default', 'two words', '-x']) await expect(set(name)).rejects.toThrow();
		await expect(client.server.removeAlias({ name: 'nothing' })).rejects.toMatchObject({
			data: { code: 'alias-unknown' },
		});
		await expect(client.server.setAlias({ name: 'x', target: { modelFileId: 99 } })).rejects.toMatchObject({
			data: { code: 'model-unknown' },
		});
	});

	test('says which model is missing when that has left the library', async () => {
		const { client, ask, beta } = await served();
		await client.server.setAlias({ name: 'gpt-4o', target: { modelFileId: beta } });
		await client.models.remove({ id: beta, deleteFile: false });
		expect(await errorOf(await ask('/v1/chat/completions', { model: 'gpt-4o', messages }))).toMatchObject({
			status: 404,
			message: expect.stringContaining('beta F32, which is no longer in the library'),
		});
	});
});

const classify = messagePromptSchema.parse({
	template: 'Which topic? {{input}}',
	example: '',
	name: 'Topic',
	number: 1,
	versionId: 1,
	technique: { kind: 'zero-shot' },
});

/**
 * What each way of asking says about “Hello”: the API in all its forms, an agent, and a chat. Anthropic’s clients always
 * say how long an answer may be.
 */
async function saidBy(
	{ ask, client, port, key }: Awaited<ReturnType<typeof served>>,
	model: string,
	maxTokens = 100,
): Promise<string[]> {
	const openai = await (await ask('/v1/chat/completions', { model, messages })).json();
	const anthropic = await (await ask('/v1/messages', { model, messages, max_tokens: maxTokens })).json();
	const ollama = await (await ask('/api/chat', { model, messages, stream: false })).json();
	const agent = await httpClient({ port, key });
	const asked = await call(agent, 'ask_model', { model, prompt: 'Hello' });
	const { alias, recipe, model: file } = await client.server.resolveModel({ name: model });
	const { messageId, conversationId } = await client.conversations.send({
		conversationId: null,
		text: 'Hello',
		// The default needs no choice: a new conversation takes it by itself.
		...(alias === null
			? {}
			: {
					modelFileId: file.id,
					systemPrompt: recipe?.systemPrompt ?? '',
					options: {
						presetId: null,
						sampling: recipe?.sampling ?? {},
						contextSize: null,
						prompt: recipe?.prompt ?? null,
					},
				}),
	});
	const answer = async () =>
		(await client.conversations.get({ id: conversationId })).messages.find(({ id }) => id === messageId);
	await expect.poll(async () => (await answer())?.status).toBe('complete');
	return [
		(openai as { choices: { message: { content: string } }[] }).choices[0]?.message.content ?? '',
		(anthropic as { content: { text: string }[] }).content[0]?.text ?? '',
		(ollama as { message: { content: string } }).message.content,
		String(asked.text),
		(await answer())?.content ?? '',
	];
}

describe('a recipe is the same in the API, for an agent and in chat', () => {
	test('as an alias: model, prompt and numbers', async () => {
		const all = await served();
		const { client, beta } = all;
		const preset = await client.presets.create({
			name: 'Topics',
			systemPrompt: 'Answer in one word.',
			sampling: { maxTokens: 4 },
			prompt: classify,
		});
		await client.server.setAlias({ name: 'topics', target: { modelFileId: beta, presetId: preset.id } });
		// It is a copy: the preset may change or go.
		await client.presets.remove({ id: preset.id });
		const said = await saidBy(all, 'topics', 4);
		expect(new Set(said)).toEqual(new Set(['You said: Which topic?']));
	});

	test('as the default: the default model with the default preset', async () => {
		const all = await served();
		const { client } = all;
		const preset = await client.presets.create({ name: 'Topics', systemPrompt: '', sampling: {}, prompt: classify });
		await client.settings.set({ defaultPresetId: preset.id });
		const said = await saidBy(all, 'default');
		expect(new Set(said)).toEqual(new Set(['You said: Which topic? Hello']));
	});
});

test('the recipe’s system prompt stands before the client’s own, and its examples after both', () => {
	const recipe = {
		systemPrompt: 'Measured.',
		sampling: {},
		contextSize: null,
		prompt: {
			...classify,
			technique: techniqueSchema.parse({ kind: 'few-shot', shots: 1 }),
			examples: [{ input: 'Goal!', target: 'sport', choices: null, variables: {}, metadata: {} }],
		},
	};
	const turns = [
		{ role: 'system', content: 'Own.' },
		{ role: 'user', content: 'Hi' },
		{ role: 'assistant', content: 'news' },
		{ role: 'user', content: 'Rain' },
	];
	expect(applyRecipe(recipe, turns)).toEqual([
		{ role: 'system', content: 'Measured.\n\nOwn.' },
		{ role: 'user', content: 'Which topic? Goal!' },
		{ role: 'assistant', content: 'sport' },
		{ role: 'user', content: 'Which topic? Hi' },
		{ role: 'assistant', content: 'news' },
		{ role: 'user', content: 'Which topic? Rain' },
	]);
	expect(applyRecipe(null, turns)).toEqual(turns);
});

test('a config file names a model by its alias, and says that it is asked as the file says', async () => {
	const { client, beta } = await served();
	const preset = await client.presets.create({ name: 'Terse', systemPrompt: 'Be brief.', sampling: {} });
	await client.server.setAlias({ name: 'gpt-4o', target: { modelFileId: beta, presetId: preset.id } });
	const text = 'dataset: Arithmetic\nprompts: Short answer\nmodels: gpt-4o\nscorers: [numeric]\n';
	const { config, notes, problems } = await client.evaluations.configFile.read({ text, name: 'sums.yaml' });
	expect(problems).toEqual([]);
	expect(config.modelFileIds).toEqual([beta]);
	expect(notes).toContain('gpt-4o is beta F32. It is asked as this file says, not by the recipe of the alias');
});

test('an alias is set from what was measured: model, prompt version, technique and parameters', async () => {
	const { application, port, key, beta } = await mcpServing({ script: {} });
	const { client } = application;
	const agent = await httpClient({ port, key });
	const text = Array.from({ length: 8 }, (_, n) => JSON.stringify({ input: `Text ${n}`, target: `You said ${n}` }));
	await call(agent, 'import_dataset', { text: text.join('\n'), name: 'Texts' });
	const run = await call(agent, 'run_evaluation', {
		dataset: 'Texts',
		models: ['alpha', 'beta'],
		template: 'Which topic? {{input}}',
		scorers: ['includes'],
		max_tokens: 5,
	});
	const { arms } = await client.evaluations.get({ id: Number(run.run_id) });
	const { alias } = await client.server.setAlias({ name: 'best', target: { armId: arms[1]?.id ?? 0 } });
	expect(alias).toMatchObject({
		modelFileId: beta,
		source: { kind: 'run', runId: run.run_id },
		recipe: {
			sampling: { maxTokens: 5, temperature: 0 },
			prompt: { template: 'Which topic? {{input}}', versionId: arms[1]?.prompt.versionId },
		},
	});
	expect(await call(agent, 'ask_model', { model: 'best', prompt: 'a b c' })).toMatchObject({
		text: 'You said: Which topic? a',
		alias: 'best',
	});
});
