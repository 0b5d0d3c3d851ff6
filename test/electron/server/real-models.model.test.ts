import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openModels } from '../../../electron/api/open-models.ts';
import { type Application, createApplication } from '../../../electron/application/application.ts';
import type { LikelihoodRow } from '../../../models/contract/native/tasks.ts';
import { agreementOf, readItems, requestsOf } from '../../models/native/golden/lm-eval.ts';
import { sharedFile } from '../../support/shared-data.ts';
import { writeStarterAsF16 } from '../../support/starter-f16.ts';
import { freePort } from './serving.ts';

let folder: string;
let application: Application;
let ask: (path: string, body: object) => Promise<unknown>;

beforeAll(async () => {
	folder = mkdtempSync(join(tmpdir(), 'assay-served-'));
	const model = join(folder, 'SmolLM2-135M-Instruct.F16.gguf');
	await writeStarterAsF16(model);
	application = await createApplication({
		dataFolder: join(folder, 'data'),
		host: 'browser',
		version: '0.0.0',
		log: () => {},
		models: openModels(),
	});
	const { client } = application;
	const { id } = await client.models.add({ path: model });
	await client.models.setOptions({ id, options: { threads: 1 } });
	const port = await freePort();
	const { key } = await client.server.start({ port });
	ask = async (path, body) => {
		const response = await fetch(`http://127.0.0.1:${port}${path}`, {
			method: 'POST',
			headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
			body: JSON.stringify(body),
		});
		return await response.json();
	};
});

afterAll(async () => {
	await application?.close();
	rmSync(folder, { recursive: true });
});

const tokensOf = async (prompt: string): Promise<number[]> =>
	((await ask('/tokenize', { prompt, add_special_tokens: false })) as { tokens: number[] }).tokens;

interface Scored {
	readonly choices: readonly {
		readonly logprobs: {
			readonly token_logprobs: (number | null)[];
			readonly top_logprobs: (Record<string, number> | null)[];
		};
	}[];
}

/** Asks as lm-evaluation-harness's local-completions does, and reads the answer as it does. */
async function harnessRow(index: number, context: string, continuations: readonly string[]): Promise<LikelihoodRow> {
	const start = await tokensOf(context);
	const prompts = await Promise.all(continuations.map((continuation) => tokensOf(context + continuation)));
	const { choices } = (await ask('/v1/completions', {
		model: 'default',
		prompt: prompts,
		temperature: 0,
		max_tokens: 1,
		logprobs: 1,
		seed: 1234,
		echo: true,
	})) as Scored;
	const own = choices.map(({ logprobs }) => ({
		logs: logprobs.token_logprobs.slice(start.length, -1) as number[],
		tops: logprobs.top_logprobs.slice(start.length, -1),
	}));
	return {
		index,
		logLikelihoods: own.map(({ logs }) => logs.reduce((sum, log) => sum + log, 0)),
		greedy: own.map(({ logs, tops }) => logs.every((log, at) => log === Math.max(...Object.values(tops[at] ?? {})))),
		tokens: own.map(({ logs }) => logs.length),
		contextTokens: start.length,
		truncated: 0,
	};
}

describe('the starter model', () => {
	test('gives lm-evaluation-harness the log-likelihoods of its own engine', async (context) => {
		const items = ['arc_easy', 'hellaswag', 'mmlu_world_religions', 'winogrande'].flatMap((task) =>
			readItems(sharedFile(context, 'lm_eval_golden', `${task}.jsonl`), 3),
		);
		const rows: LikelihoodRow[] = [];
		for (const [index, { context: asked, continuations }] of requestsOf(items).entries()) {
			rows.push(await harnessRow(index, asked, continuations));
		}
		const agreement = agreementOf(items, rows);
		expect(agreement).toMatchObject({ items: items.length, otherTokens: [], otherGreedy: [], otherChoice: [] });
		expect(agreement.rms).toBeLessThanOrEqual(0.02);
		expect(agreement.largest).toBeLessThanOrEqual(0.1);
	});

	test('gives a longer completion the log-probabilities of its tokens, the likeliest first', async () => {
		const answer = (await ask('/v1/completions', {
			prompt: 'The capital of France is',
			max_tokens: 4,
			temperature: 0,
			repeat_penalty: 1,
			logprobs: 3,
		})) as Scored & { choices: { text: string; logprobs: { tokens: string[] } }[] };
		const [choice] = answer.choices;
		expect(choice?.logprobs.tokens.join('')).toBe(choice?.text);
		expect(choice?.text).toContain('Paris');
		for (const [at, log] of choice?.logprobs.token_logprobs.entries() ?? []) {
			// Greedy, so each is the likeliest in its place, but for the rounding of another batch.
			expect(log).toBeCloseTo(Math.max(...Object.values(choice?.logprobs.top_logprobs[at] ?? {})), 1);
		}
	});
});

test('an embedding model answers beside it', async (context) => {
	const path = sharedFile(context, 'embedding', 'all-MiniLM-L6-v2.Q8_0.gguf');
	await application.client.models.add({ path });
	const { data, usage } = (await ask('/v1/embeddings', {
		model: 'all-minilm-l6-v2-q8_0',
		input: ['A man is eating food.', 'A man is eating a piece of bread.', 'The girl is carrying a baby.'],
	})) as { data: { embedding: number[] }[]; usage: { prompt_tokens: number } };
	const [food = [], bread = [], baby = []] = data.map(({ embedding }) => embedding);
	const cosine = (a: readonly number[], b: readonly number[]): number =>
		a.reduce((sum, value, at) => sum + value * (b[at] ?? 0), 0);
	expect(food).toHaveLength(384);
	expect(cosine(food, bread)).toBeCloseTo(0.755, 2);
	expect(cosine(food, baby)).toBeCloseTo(-0.105, 1);
	expect(usage.prompt_tokens).toBe(8 + 11 + 9);
	const ranked = (await ask('/v1/rerank', {
		query: 'What is he eating?',
		documents: ['The girl is carrying a baby.', 'A man is eating a piece of bread.'],
	})) as { method: string; results: { index: number }[] };
	expect(ranked).toMatchObject({ method: 'embedding', results: [{ index: 1 }, { index: 0 }] });
});
