import { expect, test } from 'vitest';
import { catalogue, starterModelId } from '../../../models/download/catalogue.ts';
import { sha256OfFile } from '../../../models/file-hash.ts';
import { readGgufFacts } from '../../../models/gguf/read-gguf.ts';
import { starterModelPath } from '../../support/starter-model.ts';

test('the starter model is the file in the catalogue, and its header agrees with llama.cpp', async () => {
	const entry = catalogue.find(({ id }) => id === starterModelId);
	const path = await starterModelPath();
	expect(await sha256OfFile(path)).toBe(entry?.sha256);
	const { chatTemplate, ...facts } = await readGgufFacts(path);
	expect(facts).toMatchObject({
		architecture: 'llama',
		kind: 'model',
		parameters: 134_515_008,
		quantization: entry?.quantization,
		contextLength: 8192,
		layers: 30,
		embeddingLength: 576,
		headCount: 9,
		headCountKv: 3,
		vocabularySize: 49_152,
		license: 'apache-2.0',
		sizeBytes: entry?.sizeBytes,
	});
	expect(facts.bitsPerWeight).toBeCloseTo(5.74, 2);
	expect(chatTemplate).toContain('You are a helpful AI assistant named SmolLM, trained by Hugging Face');
});
