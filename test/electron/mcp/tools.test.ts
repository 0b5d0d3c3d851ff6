import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { type McpServed, mcpServing } from './application.ts';
import { call, failureOf, httpClient } from './clients.ts';

/** "What is 3 + 4?" with its sum, 40 times. */
const sums = Array.from({ length: 40 }, (_, index) => ({ input: `What is ${index} + 4?`, target: String(index + 4) }));
const lines = sums.map((sample) => JSON.stringify(sample)).join('\n');

/** Beta can add; Alpha gets every fourth sum right. */
function adding(_row: unknown, { path, text }: { path: string; text: string }): { text: string } {
	const [, a = '0', b = '0'] = /(\d+) \+ (\d+)/.exec(text) ?? [];
	const right = path.includes('beta') || Number(a) % 4 === 0;
	return { text: String(Number(a) + Number(b) + (right ? 0 : 1)) };
}

async function withSums(): Promise<{ served: McpServed; client: Awaited<ReturnType<typeof httpClient>> }> {
	const served = await mcpServing({ answering: adding });
	const client = await httpClient(served);
	await call(client, 'import_dataset', { text: lines, name: 'Sums' });
	return { served, client };
}

describe('import_dataset', () => {
	test('imports a text, adds to a dataset, and leaves out what is known', async () => {
		const client = await httpClient(await mcpServing());
		expect(await call(client, 'import_dataset', { text: lines, name: 'Sums' })).toMatchObject({
			dataset: { name: 'Sums', samples: 40 },
			added: 40,
			problems: [],
		});
		const more = `${lines}\n${JSON.stringify({ input: 'What is 100 + 1?', target: '101' })}`;
		expect(await call(client, 'import_dataset', { text: more, into: 'sums', skip_duplicates: true })).toMatchObject({
			dataset: { samples: 41 },
			added: 1,
			duplicates: 40,
		});
		expect(await failureOf(client, 'import_dataset', { text: lines, into: 'None' })).toContain('None');
		expect(await failureOf(client, 'import_dataset', { text: 'a,b\n1,2', input: 'c', name: 'x' })).toContain(
			'no column “c”',
		);
	});

	test('a client over HTTP can’t make Assay read a file', async () => {
		const client = await httpClient(await mcpServing());
		const path = join(temporaryFolder(), 'secret.jsonl');
		writeFileSync(path, lines);
		expect(await failureOf(client, 'import_dataset', { files: [path], name: 'x' })).toContain('There are no samples.');
	});
});

test('add_sample creates a dataset if asked to, and adds to its draft', async () => {
	const agent = await httpClient(await mcpServing());
	expect(await failureOf(agent, 'add_sample', { dataset: 'Found', input: 'x' })).toContain('Found');
	const added = await call(agent, 'add_sample', {
		dataset: 'Found',
		create: true,
		input: 'What is 2 + 2?',
		target: '4',
		tags: ['regression'],
	});
	expect(added).toMatchObject({ dataset: { name: 'Found', version: 1, samples: 1 } });
	const again = await call(agent, 'add_sample', {
		dataset: 'found',
		create: true,
		input: 'What is 3 + 3?',
		target: '6',
	});
	expect(again).toMatchObject({ dataset: { name: 'Found', samples: 2 } });
});

test('score_choices gives each choice its probability, as the model’s recipe asks', async () => {
	const served = await mcpServing();
	const client = await httpClient(served);
	const scored = await call(client, 'score_choices', {
		question: 'Capital of France?',
		choices: ['Paris', 'Berlin and Bonn'],
	});
	expect(scored).toMatchObject({
		model: 'alpha F32',
		best: 'Paris',
		choices: [
			{ text: 'Paris', log_likelihood: -5, tokens: 1 },
			{ text: 'Berlin and Bonn', log_likelihood: -15 },
		],
	});
	const shares = (scored.choices as { probability: number }[]).map(({ probability }) => probability);
	expect(shares.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
	// The process stays for the next question.
	await call(client, 'score_choices', { question: 'And of Italy?', choices: ['Rome', 'Oslo'] });
	expect(served.sessions.opened).toHaveLength(1);
	await call(client, 'score_choices', { model: 'beta', question: 'And of Italy?', choices: ['Rome', 'Oslo'] });
	expect(served.sessions).toMatchObject({ open_now: 1, most: 1 });
});

describe('run_evaluation', () => {
	test('measures a model on a dataset with what suits it, and reports progress', async () => {
		const { client } = await withSums();
		const heard: (number | undefined)[] = [];
		const run = await call(
			client,
			'run_evaluation',
			{ dataset: 'Sums', models: ['beta', 'alpha'], samples: 24 },
			{ onprogress: ({ total }) => void heard.push(total) },
		);
		expect(run).toMatchObject({ status: 'done', done: 48, total: 48, dataset: { name: 'Sums', samples: 24 } });
		expect(run.combinations).toMatchObject([
			{ model: 'beta F32', technique: 'zero-shot', scores: { numeric: { value: 1, n: 24 } }, failed: 0 },
			{ model: 'alpha F32' },
		]);
		expect(heard).toContain(48);
		const { contents } = await client.readResource({ uri: `assay://runs/${String(run.run_id)}` });
		expect(JSON.parse((contents[0] as { text: string }).text)).toMatchObject({ run_id: run.run_id, status: 'done' });
	});

	test('a cancelled call pauses the run; the next one goes on with it', async () => {
		const { served, client } = await withSums();
		served.sessions.delayMs = 40;
		const leaving = new AbortController();
		const asked = client.callTool(
			{ name: 'run_evaluation', arguments: { dataset: 'Sums' } },
			{ signal: leaving.signal, onprogress: () => leaving.abort() },
		);
		await expect(asked).rejects.toThrow();
		const list = async () => (await served.application.client.evaluations.list({})).runs;
		await expect.poll(async () => (await list())[0]?.status, { timeout: 10_000 }).toBe('paused');
		served.sessions.delayMs = 0;
		const [{ id } = { id: 0 }] = await list();
		expect(await call(client, 'run_evaluation', { run_id: id })).toMatchObject({ status: 'done', done: 40 });
	});

	test('returns at once without waiting, and takes a config file', async () => {
		const { client } = await withSums();
		const config = 'dataset: Sums\nprompts: [{ template: "Add: {{input}}" }]\nscorers: [{ kind: numeric }]\n';
		const begun = await call(client, 'run_evaluation', { config, wait: false });
		expect(begun.status).toMatch(/waiting|running/);
		expect(await call(client, 'run_evaluation', { run_id: begun.run_id })).toMatchObject({ status: 'done' });
		expect(await failureOf(client, 'run_evaluation', { config: 'dataset: Sums' })).toContain('prompts');
		expect(await failureOf(client, 'run_evaluation', { dataset: 'Sums', models: ['gamma'] })).toContain('gamma');
		expect(await failureOf(client, 'run_evaluation', {})).toContain('Nothing says what to measure.');
	});
});

describe('is_b_better_than_a', () => {
	test('decides by a paired test, with interval and n', async () => {
		const { client } = await withSums();
		const verdict = await call(client, 'is_b_better_than_a', { a: 'alpha', b: 'beta', dataset: 'Sums' });
		expect(verdict).toMatchObject({
			better: true,
			verdict: 'better',
			n: 40,
			difference: 0.75,
			gained: 30,
			lost: 0,
			scorer: 'numeric',
			a: { name: 'alpha F32', score: 0.25 },
			b: { name: 'beta F32', score: 1 },
			unfair: [],
		});
		expect(verdict.low).toBeGreaterThan(0.5);
		expect(verdict.run_ids).toHaveLength(1);
		expect(await call(client, 'is_b_better_than_a', { a: 'beta', b: 'alpha', dataset: 'Sums' })).toMatchObject({
			better: false,
			verdict: 'worse',
		});
	});

	test('says so when the samples can’t tell', async () => {
		const { client } = await withSums();
		expect(
			await call(client, 'is_b_better_than_a', { a: 'alpha', b: 'beta', dataset: 'Sums', samples: 4 }),
		).toMatchObject({ better: null, verdict: 'undecided', n: 4 });
		expect(await failureOf(client, 'is_b_better_than_a', { a: 'beta', b: 'beta', dataset: 'Sums' })).toContain(
			'Both are beta F32',
		);
	});

	test('measures aliases with their recipes, each in a run of its own', async () => {
		const { served, client } = await withSums();
		const { server, presets } = served.application.client;
		const preset = await presets.create({
			name: 'Terse',
			systemPrompt: 'Only the number.',
			sampling: { maxTokens: 8 },
		});
		await server.setAlias({ name: 'terse', target: { modelFileId: served.beta, presetId: preset.id } });
		const verdict = await call(client, 'is_b_better_than_a', { a: 'alpha', b: 'terse', dataset: 'Sums' });
		expect(verdict).toMatchObject({ better: true, b: { name: 'terse' } });
		expect(verdict.run_ids).toHaveLength(2);
		const [, second] = verdict.run_ids as number[];
		const run = await served.application.client.evaluations.get({ id: second ?? 0 });
		expect(run.config.parameters).toMatchObject([{ maxTokens: 8 }]);
		expect(await failureOf(client, 'run_evaluation', { dataset: 'Sums', models: ['alpha', 'terse'] })).toContain(
			'different recipes',
		);
	});
});

test('compare_runs compares combinations of runs by their names', async () => {
	const { client } = await withSums();
	const first = await call(client, 'run_evaluation', { dataset: 'Sums', models: ['alpha'] });
	const second = await call(client, 'run_evaluation', { dataset: 'Sums', models: ['beta'] });
	expect(
		await call(client, 'compare_runs', { runs: [String(first.run_id), `${String(second.run_id)}:1`] }),
	).toMatchObject({
		scorer: 'numeric',
		first: { name: `${String(first.run_id)}:1`, score: { value: 0.25 } },
		others: [{ name: `${String(second.run_id)}:1`, verdict: 'better', n: 40 }],
	});
	expect(await failureOf(client, 'compare_runs', { runs: ['latest'] })).toContain('“latest” is no run.');
	expect(await failureOf(client, 'compare_runs', { runs: [String(first.run_id)] })).toContain('two combinations');
	expect(await failureOf(client, 'compare_runs', { runs: [`${String(first.run_id)}:7`, '1'] })).toContain(
		'no number 7',
	);
});

test('compare_quantisations needs two files, and names the types it can make', async () => {
	const client = await httpClient(await mcpServing());
	expect(await failureOf(client, 'compare_quantisations', { model: 'alpha' })).toContain('has one file of alpha');
	expect(await failureOf(client, 'compare_quantisations', { quantise: ['Q9'] })).toContain('no quantisation “Q9”');
});

test('compare_quantisations makes and measures the files of a model, and a cancelled one goes on later', async () => {
	const served = await mcpServing();
	const client = await httpClient(served);
	const wanted = { model: 'alpha', quantise: ['q8_0'] };
	const leaving = new AbortController();
	const options = { signal: leaving.signal, onprogress: () => leaving.abort() };
	await expect(client.callTool({ name: 'compare_quantisations', arguments: wanted }, options)).rejects.toThrow();
	const list = async () => (await served.application.client.comparisons.list()).comparisons;
	await expect.poll(async () => (await list())[0]?.status, { timeout: 20_000 }).toBe('paused');
	const [{ id } = { id: 0 }] = await list();
	const done = await call(client, 'compare_quantisations', { comparison_id: id }, { timeout: 100_000 });
	expect(done).toMatchObject({ comparison_id: id, status: 'done', verdict: expect.any(String) });
	expect(done.files).toMatchObject([
		{ quantization: 'F32', reference: true },
		{ quantization: 'Q8_0', reference: false, kl_divergence: expect.any(Number) },
	]);
}, 120_000);

test('search_conversations finds the person’s words, for a key that may', async () => {
	const served = await mcpServing();
	const { client } = served.application;
	const { conversationId } = await client.conversations.send({
		conversationId: null,
		text: 'Tell me about heliotropes',
	});
	await expect
		.poll(async () => (await client.conversations.get({ id: conversationId })).messages.at(-1)?.status)
		.toBe('complete');
	const { secret } = await client.server.addKey({ name: 'reader', scopes: ['conversations'] });
	const agent = await httpClient({ ...served, key: secret });
	expect(await call(agent, 'search_conversations', { text: 'heliotropes' })).toMatchObject({
		// The title may be another by now: a model writes it while nothing else runs.
		hits: expect.arrayContaining([
			expect.objectContaining({ written_by: 'user', snippet: 'Tell me about heliotropes' }),
		]),
	});
	expect(await call(agent, 'search_conversations', { text: 'orchids' })).toMatchObject({ hits: [] });
});

test('runs and datasets are resources, and others are not found', async () => {
	const { client } = await withSums();
	const { resources } = await client.listResources();
	const dataset = resources.find(({ name }) => name === 'Sums');
	const { contents } = await client.readResource({ uri: dataset?.uri ?? '' });
	expect(JSON.parse((contents[0] as { text: string }).text)).toMatchObject({
		name: 'Sums',
		samples: 40,
		first_samples: expect.arrayContaining([expect.objectContaining({ input: 'What is 0 + 4?', target: '4' })]),
	});
	for (const uri of ['assay://runs/999', 'assay://datasets/x', 'assay://nothing/1']) {
		await expect(client.readResource({ uri })).rejects.toThrow();
	}
});
