import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import type { ModelFile } from '../../../electron/contract/library/schema.ts';
import { resolveModel } from '../../../electron/library/resolve-model.ts';
import { failureOf } from '../../support/failure.ts';
import { buildModelFile } from '../../support/fixtures/model.ts';

const model = (id: number, name: string, quantization: string, fileName: string): ModelFile =>
	buildModelFile(id, { name, quantization, path: resolve('/models', fileName) });

const models = [
	model(11, 'SmolLM2 135M Instruct', 'Q4_1', 'SmolLM2-135M-Instruct.Q4_1.gguf'),
	model(12, 'SmolLM2 135M Instruct', 'Q8_0', 'SmolLM2-135M-Instruct.Q8_0.gguf'),
	model(13, 'Gemma 3', 'Q4_K_M', 'gemma-3-270m.gguf'),
	model(14, 'Gemma 3 Chat', 'Q4_K_M', 'chat.gguf'),
];

test.each([
	['12', 12],
	['/models/chat.gguf', 14],
	['gemma 3', 13],
	['GEMMA_3', 13],
	['gemma 3 c', 14],
	['gemma-3-270m', 13],
	['SmolLM2-135M-Instruct.Q8_0', 12],
	['SmolLM2-135M-Instruct.Q8_0.gguf', 12],
	['Chat.GGUF', 14],
	['folder/chat.gguf', undefined],
	['smollm2-135m-instruct-q4_1', 11],
	['smollm2 135m instruct q8', 12],
	['chat', 14],
	['nothing like it', undefined],
	['', undefined],
	['   ', undefined],
])('%j means model %j', (text, id) => {
	expect(resolveModel(models, text)?.id).toBe(id);
});

test.each([
	['SmolLM2 135M Instruct', 2],
	['smol', 2],
	['gem', 2],
])('%j is ambiguous, and the failure lists the candidates', async (text, count) => {
	const failure = await failureOf(() => resolveModel(models, text));
	expect([failure.code, failure.next.length]).toEqual(['model-ambiguous', count]);
});
