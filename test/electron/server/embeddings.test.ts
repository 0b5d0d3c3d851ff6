import { describe, expect, test } from 'vitest';
import { vectorOf } from '../../../models/vectors.ts';
import { errorOf, type Served, serving } from './serving.ts';

const embedder = { file: { kind: 'embedding', chat: false, ownName: 'Mini', name: 'Mini' } } as const;
const reranker = { file: { ...embedder.file, kind: 'reranker' } } as const;

interface Embeddings {
	readonly data: readonly { readonly index: number; readonly embedding: number[] | string }[];
	readonly usage: { readonly prompt_tokens: number };
}

async function embedded({ ask }: Pick<Served, 'ask'>, request: object): Promise<Embeddings> {
	const response = await ask('/v1/embeddings', { model: 'mini-f32', ...request });
	expect(response.status).toBe(200);
	return (await response.json()) as Embeddings;
}

const lengthOf = (vector: readonly number[]): number => Math.hypot(...vector);

describe('embeddings', () => {
	test('of a text, a list, tokens and lists of tokens, with usage', async () => {
		const served = await serving(embedder);
		const { tokens } = (await (await served.ask('/tokenize', { content: 'one two', model: 'mini' })).json()) as {
			tokens: number[];
		};
		const inputs = ['one two', ['one two'], tokens, [tokens, tokens]];
		const answers = [];
		for (const input of inputs) answers.push(await embedded(served, { input }));
		const [first] = answers;
		expect(first).toMatchObject({
			object: 'list',
			model: 'mini-f32',
			data: [{ object: 'embedding', index: 0, embedding: expect.any(Array) }],
			usage: { prompt_tokens: 2, total_tokens: 2 },
		});
		for (const { data } of answers) expect(data[0]?.embedding).toEqual(first?.data[0]?.embedding);
		expect(answers[3]?.data.map(({ index }) => index)).toEqual([0, 1]);
		expect(answers[3]?.usage.prompt_tokens).toBe(4);
		expect(lengthOf(first?.data[0]?.embedding as number[])).toBeCloseTo(1, 6);
	});

	test('as base64 of the same numbers, and shortened to a length of 1', async () => {
		const served = await serving(embedder);
		const [plain] = (await embedded(served, { input: 'a b c' })).data;
		const [packed] = (await embedded(served, { input: 'a b c', encoding_format: 'base64' })).data;
		expect([...vectorOf(packed?.embedding as string)]).toEqual(plain?.embedding);
		const [short] = (await embedded(served, { input: 'a b c', dimensions: 2 })).data;
		expect(short?.embedding).toHaveLength(2);
		expect(lengthOf(short?.embedding as number[])).toBeCloseTo(1, 6);
		const long = await served.ask('/v1/embeddings', { input: 'a', dimensions: 9 });
		expect(await errorOf(long)).toMatchObject({ status: 400, message: expect.stringContaining('8 numbers') });
	});

	test('of a text that is too long are refused with both numbers', async () => {
		const { ask } = await serving({ ...embedder, script: { contextSize: 16 } });
		const response = await ask('/v1/embeddings', { input: Array.from({ length: 17 }, (_, at) => `w${at}`).join(' ') });
		expect(await errorOf(response)).toMatchObject({
			status: 400,
			code: 'context_length_exceeded',
			message: expect.stringMatching(/17 tokens.*16/),
		});
	});

	test('need a model for them: the library’s, or a word about what is missing', async () => {
		const { ask } = await serving();
		expect(await errorOf(await ask('/v1/embeddings', { input: 'x' }))).toMatchObject({
			status: 404,
			message: expect.stringContaining('no embedding model'),
		});
		const one = await serving(embedder);
		expect((await one.ask('/v1/embeddings', { input: 'x' })).status).toBe(200);
		expect(
			await errorOf(await one.ask('/v1/embeddings', { input: 'x', model: 'text-embedding-3-small' })),
		).toMatchObject({
			status: 404,
			message: expect.stringContaining('mini-f32'),
		});
		expect(await (await one.ask('/v1/models')).json()).toMatchObject({ data: [{ id: 'mini-f32', task: 'embedding' }] });
		expect((await one.ask('/v1/models/mini-f32')).status).toBe(200);
	});

	test('need the scope', async () => {
		const { application, ask } = await serving(embedder);
		const { secret } = await application.client.server.addKey({ name: 'chat', scopes: ['inference'] });
		const refused = await ask('/v1/embeddings', { input: 'x' }, { authorization: `Bearer ${secret}` });
		expect(await errorOf(refused)).toMatchObject({ status: 403, code: 'missing_scope' });
	});

	test('in Ollama’s forms', async () => {
		const served = await serving(embedder);
		const { ask } = served;
		const [expected] = (await embedded(served, { input: 'a b' })).data;
		expect(await (await ask('/api/embed', { model: 'mini', input: ['a b'] })).json()).toMatchObject({
			model: 'mini-f32',
			embeddings: [expected?.embedding],
			prompt_eval_count: 2,
		});
		expect(await (await ask('/api/embeddings', { prompt: 'a b' })).json()).toEqual({ embedding: expected?.embedding });
		expect(await (await ask('/api/show', { model: 'mini' })).json()).toMatchObject({ capabilities: ['embedding'] });
		expect(await (await ask('/api/tags')).json()).toMatchObject({ models: [{ name: 'mini-f32' }] });
		expect(await (await ask('/api/embed', { model: 'nope', input: 'x' })).json()).toMatchObject({
			error: expect.stringContaining('nope'),
		});
	});
});

describe('reranking', () => {
	const asked = {
		query: 'capital of France',
		documents: ['bread and butter', { text: 'Paris is the capital of France' }, 'the capital'],
	};
	const order = (body: unknown) =>
		(body as { results: { index: number; relevance_score: number }[] }).results.map(({ index }) => index);

	test('orders documents by a reranker’s score, in the form of Cohere and Jina', async () => {
		const { ask } = await serving(reranker);
		const answer = await (
			await ask('/v1/rerank', { ...asked, model: 'mini', top_n: 2, return_documents: true })
		).json();
		expect(order(answer)).toEqual([1, 2]);
		expect(answer).toMatchObject({
			model: 'mini-f32',
			method: 'rank',
			results: [{ relevance_score: 0.5, document: { text: 'Paris is the capital of France' } }, {}],
			usage: { total_tokens: expect.any(Number) },
		});
		expect(order(await (await ask('/v2/rerank', asked)).json())).toEqual([1, 2, 0]);
	});

	test('by the vectors of an embedding model, and says so', async () => {
		const { ask } = await serving({ ...embedder, script: { dimensions: 64 } });
		const answer = await (await ask('/v1/rerank', asked)).json();
		expect(answer).toMatchObject({ method: 'embedding' });
		const scores = (answer as { results: { relevance_score: number }[] }).results.map((one) => one.relevance_score);
		expect(scores).toEqual(scores.toSorted((a, b) => b - a));
		expect(order(answer)[0]).toBe(1);
	});

	test('needs a model for it', async () => {
		const { ask } = await serving();
		expect(await errorOf(await ask('/v1/rerank', asked))).toMatchObject({
			status: 404,
			message: expect.stringContaining('reranker'),
		});
		expect((await ask('/v1/rerank', { query: 'x', documents: [] })).status).toBe(400);
	});
});
