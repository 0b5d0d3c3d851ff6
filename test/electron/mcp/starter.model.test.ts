import { expect, onTestFinished, test } from 'vitest';
import { openModels } from '../../../electron/api/open-models.ts';
import { createApplication } from '../../../electron/application/application.ts';
import { starterModelPath } from '../../support/starter-model.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { freePort } from '../server/serving.ts';
import { call, httpClient } from './clients.ts';

test('an agent asks the starter model, scores choices with it, and measures it', async () => {
	const application = await createApplication({
		dataFolder: temporaryFolder(),
		host: 'browser',
		version: '0.0.0',
		log: () => {},
		models: openModels(),
	});
	onTestFinished(() => application.close());
	const { client: app } = application;
	const { id } = await app.models.add({ path: await starterModelPath() });
	await app.models.setOptions({ id, options: { threads: 1 } });
	const port = await freePort();
	await app.server.start({ port });
	const { secret } = await app.server.addKey({ name: 'agent', scopes: ['inference', 'evaluation'] });
	const client = await httpClient({ port, key: secret });

	const asked = { prompt: 'What is the capital of France? Answer in one sentence.', temperature: 0, max_tokens: 24 };
	const answer = await call(client, 'ask_model', asked);
	expect(answer.text).toContain('Paris');
	expect(answer).toMatchObject({
		prompt_tokens: expect.any(Number),
		stop_reason: expect.stringMatching(/end|max-tokens/),
	});
	expect(await call(client, 'ask_model', { ...asked, seed: 3 })).toMatchObject({ text: answer.text });
	const schema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
	const typed = await call(client, 'ask_model', { ...asked, max_tokens: 60, json_schema: schema });
	expect(JSON.parse(String(typed.text))).toHaveProperty('city');

	const scored = await call(client, 'score_choices', {
		question: 'The capital of France is',
		choices: [' Paris', ' Berlin', ' a kind of cheese'],
		raw: true,
	});
	expect(scored).toMatchObject({ best: ' Paris', best_per_byte: ' Paris' });
	const asMessage = await call(client, 'score_choices', {
		question: 'What is the capital of France?',
		choices: ['The capital of France is Paris.', 'The capital of France is Berlin.'],
	});
	expect(asMessage).toMatchObject({ best: 'The capital of France is Paris.' });
	for (const { log_likelihood: value } of scored.choices as { log_likelihood: number }[]) {
		expect(value).toBeLessThan(0);
		expect(value).toBeGreaterThan(-60);
	}

	const text = ['Paris', 'Rome'].map((city, n) =>
		JSON.stringify({ input: `Name the capital of ${['France', 'Italy'][n]}.`, target: city }),
	);
	await call(client, 'import_dataset', { text: text.join('\n'), name: 'Capitals' });
	const run = await call(client, 'run_evaluation', { dataset: 'Capitals', max_tokens: 16 });
	expect(run).toMatchObject({ status: 'done', done: 2 });
}, 180_000);
