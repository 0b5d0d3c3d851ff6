import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LoadOptions } from '../../../../models/contract/load.ts';
import type { Sampling } from '../../../../models/contract/sampling.ts';
import { failureOf } from '../../../support/failure.ts';
import { writeTinyGguf } from '../../../support/tiny-gguf.ts';
import { type TinyRuntime, tinyRuntime } from '../../../support/tiny-runtime.ts';
import { answerOf, ask, resultOf } from '../../../support/worker-runtime.ts';

let tiny: TinyRuntime;
let model: string;
beforeAll(() => {
	tiny = tinyRuntime();
	model = writeTinyGguf(join(tiny.folder, 'model.gguf'));
});
afterAll(() => tiny.close());

const question = 'the cat and the dog and the cat and the dog and the cat';

async function answered(drafting: LoadOptions['drafting'], sampling: Partial<Sampling> = {}) {
	const engine = await tiny.loadFile(model, { drafting });
	return resultOf(
		await answerOf(engine, ask(question, { temperature: 0, repeatPenalty: 1, maxTokens: 60, ...sampling })),
	);
}

describe('drafting', () => {
	test.each<[string, Partial<Sampling>]>([
		['greedy', {}],
		['with a repeat penalty', { repeatPenalty: 1.2 }],
		['seeded', { temperature: 0.9, seed: 4 }],
	])('lookup and a draft model give the same answer as without, %s', async (_, sampling) => {
		const plain = await answered('off', sampling);
		expect(plain.drafted).toBeUndefined();
		for (const drafting of ['lookup', { path: model }] as const) {
			expect((await answered(drafting, sampling)).tokenIds).toEqual(plain.tokenIds);
		}
	});

	test('drafted and accepted tokens are counted: all are accepted if the draft is the model itself', async () => {
		const { drafted = 0, accepted = 0, completionTokens } = await answered({ path: model });
		expect(drafted).toBeGreaterThan(8);
		expect(accepted).toBe(drafted);
		expect(accepted).toBeLessThan(completionTokens + 16);
	});

	test('the prefix of a conversation stays correct', async () => {
		const engine = await tiny.loadFile(model, { drafting: 'lookup' });
		const first = await answerOf(engine, ask(question, { temperature: 0, repeatPenalty: 1, maxTokens: 40 }));
		const next = {
			...ask('', { temperature: 0, repeatPenalty: 1, maxTokens: 20 }),
			turns: [
				{ role: 'user' as const, content: question },
				{ role: 'assistant' as const, content: first.text },
				{ role: 'user' as const, content: 'and the sea' },
			],
		};
		const warm = resultOf(await answerOf(engine, next));
		const cold = resultOf(await answerOf(await tiny.loadFile(model), next));
		expect(warm.tokenIds).toEqual(cold.tokenIds);
	});

	test('a draft model whose tokens have other meanings is refused', async () => {
		const other = writeTinyGguf(join(tiny.folder, 'other.gguf'), {
			metadata: {
				'tokenizer.ggml.tokens': {
					type: 'array',
					of: 'string',
					values: Array.from({ length: 360 }, (_, index) => `word${index}`),
				},
			},
		});
		const failure = await failureOf(() => tiny.loadFile(model, { drafting: { path: other } }));
		expect(['draft-model-unsuitable', 'model-load-failed', 'gguf-header-damaged']).toContain(failure.code);
		const missing = await failureOf(() => tiny.loadFile(model, { drafting: { path: join(tiny.folder, 'none.gguf') } }));
		expect(missing.code).toBe('model-file-missing');
	});
});
