import { expect, test } from 'vitest';
import { describeChoice, listModelChoices } from '../../../renderer/comparison/model-choices.ts';
import { buildModelFile } from '../../support/fixtures/model.ts';

const file = (id: number, quantization: string, sizeBytes: number, changes = {}) =>
	buildModelFile(id, { quantization, sizeBytes, ...changes });

const library = [
	file(1, 'Q4_1', 98e6),
	file(2, 'F16', 271e6),
	file(3, 'Q8_0', 145e6),
	file(4, 'Q4_K_M', 105e6, { problem: { code: 'model-file-missing', message: '', next: [] } }),
	file(5, 'Q8_0', 145e6, { name: 'SmolLM2 fine-tuned' }),
	file(6, 'Q4_K_M', 253e6, { name: 'Gemma 3 270M', architecture: 'gemma3', parameters: 268e6 }),
];

test('files are grouped by model, with the largest as the reference and without broken ones', () => {
	const choices = listModelChoices(library).map(({ reference, files, others }) => [
		reference.id,
		files.map(({ id }) => id),
		others.map(({ id }) => id),
	]);
	expect(choices).toEqual([
		[2, [3, 1], [5]],
		[5, [], [2, 3, 1]],
		[6, [], []],
	]);
});

test('any file can be the reference', () => {
	expect(describeChoice(library, library[2]!)).toMatchObject({ reference: { id: 3 }, files: [{ id: 2 }, { id: 1 }] });
});
