import { describe, expect, test } from 'vitest';
import {
	fileToChatWith,
	groupModels,
	mostExactFile,
	withoutQuantization,
} from '../../../electron/contract/library/model-groups.ts';
import type { ModelFile } from '../../../electron/contract/library/schema.ts';
import type { Lineage } from '../../../models/contract/gguf.ts';
import { buildModelFile } from '../../support/fixtures/model.ts';

const unknown: Lineage = { basename: null, sizeLabel: null, finetune: null, version: null, baseModel: null };
const smol: Lineage = { ...unknown, basename: 'SmolLM2', sizeLabel: '135M', finetune: 'Instruct' };

let next = 1;
function file(quantization: string, sizeBytes: number, changes: Partial<ModelFile> = {}): ModelFile {
	next += 1;
	return buildModelFile(next, { quantization, sizeBytes, default: false, ...changes });
}

/** Names and quantisations, for reading. */
const shape = (files: readonly ModelFile[]) =>
	groupModels(files).map(({ name, files: own, parts }) => [
		name,
		own.map(({ quantization }) => quantization).join(' '),
		...(parts.length === 0 ? [] : [parts.map((part) => part.name).join()]),
	]);

describe('files are one model', () => {
	test('by the names of the files, in whatever folders, smallest first', () => {
		const files = [
			file('F16', 271e6, { path: '/a/SmolLM2-135M-Instruct-F16.gguf' }),
			file('Q4_K_M', 105e6, { path: '/b/SmolLM2-135M-Instruct.Q4_K_M.gguf' }),
			file('Q2_K', 88e6, { path: '/c/smollm2_135m_instruct.Q2_K.gguf', name: 'smollm2 135m instruct' }),
		];
		expect(shape(files)).toEqual([['SmolLM2 135M Instruct', 'Q2_K Q4_K_M F16']]);
	});

	test('by base name, size and fine-tune of their headers, whatever the files are called', () => {
		const files = [
			file('F16', 271e6, { name: 'model', lineage: smol }),
			file('Q8_0', 145e6, { name: 'renamed by me', lineage: { ...smol, basename: 'SmolLM2-135M' } }),
		];
		expect(shape(files)).toEqual([['model', 'Q8_0 F16']]);
	});

	test('by the name of one file and the header of another, if a third has both', () => {
		const files = [
			file('Q2_K', 88e6, { name: 'SmolLM2 135M Instruct' }),
			file('Q8_0', 145e6, { name: 'x', lineage: smol }),
			file('F16', 271e6, { name: 'SmolLM2 135M Instruct', lineage: smol }),
		];
		expect(shape(files)).toEqual([['SmolLM2 135M Instruct', 'Q2_K Q8_0 F16']]);
	});

	test('whatever the user calls some of them', () => {
		const files = [file('Q2_K', 88e6, { name: 'Small one', ownName: 'SmolLM2 135M Instruct' }), file('F16', 271e6)];
		expect(groupModels(files)).toHaveLength(1);
	});
});

describe('files are different models', () => {
	test('with other weights, even under one name', () => {
		const files = [
			file('F16', 271e6),
			file('F16', 724e6, { parameters: 361_821_120 }),
			file('F16', 271e6, { architecture: 'qwen2' }),
		];
		expect(groupModels(files)).toHaveLength(3);
	});

	test('with another fine-tune, size or version', () => {
		const files = [smol, { ...smol, finetune: null }, { ...smol, version: 'v2' }].map((lineage, index) =>
			file('F16', 271e6, { lineage, name: `file ${index}` }),
		);
		expect(groupModels(files)).toHaveLength(3);
	});

	test.each(['model', 'models', 'snapshot', 'c5f1a2b3c4d5e6f708192a3b4c5d6e7f', '7', '.', 'merged'])(
		'with the base name “%s”, which names nothing',
		(basename) => {
			const files = ['alpaca', 'vicuna'].map((name) =>
				file('F16', 271e6, { name, lineage: { ...smol, basename, sizeLabel: null, finetune: null } }),
			);
			expect(groupModels(files)).toHaveLength(2);
		},
	);

	test('without a known number of weights, unless all have none', () => {
		expect(groupModels([file('Q4_0', 1e9, { parameters: 0 }), file('F16', 271e6)])).toHaveLength(2);
		expect(groupModels([file('Q4_0', 1e9, { parameters: 0 }), file('Q8_0', 2e9, { parameters: 0 })])).toHaveLength(1);
	});
});

describe('adapters and projectors', () => {
	const adapter = (baseModel: string | null, architecture = 'llama') =>
		file('F16', 12e6, {
			name: 'pirate speech',
			kind: 'adapter',
			chat: false,
			architecture,
			parameters: 6_200_000,
			lineage: { ...unknown, baseModel },
		});

	test('are listed with the model that they name', () => {
		expect(shape([adapter('SmolLM2 135M Instruct'), file('F16', 271e6)])).toEqual([
			['SmolLM2 135M Instruct', 'F16', 'pirate speech'],
		]);
		const projector = file('F16', 600e6, {
			name: 'mmproj SmolLM2 135M Instruct',
			kind: 'projector',
			architecture: 'clip',
			parameters: 1e8,
		});
		expect(shape([projector, file('F16', 271e6)])).toEqual([
			['SmolLM2 135M Instruct', 'F16', 'mmproj SmolLM2 135M Instruct'],
		]);
	});

	test('stand alone without that model, or with one of another architecture', () => {
		expect(groupModels([adapter('Llama 3.2 1B'), file('F16', 271e6)])).toHaveLength(2);
		expect(groupModels([adapter(null), file('F16', 271e6)])).toHaveLength(2);
		expect(groupModels([adapter('SmolLM2 135M Instruct', 'qwen2'), file('F16', 271e6)])).toHaveLength(2);
	});
});

test('the most exact file is what others are compared with; chat takes the default, else a usual quality', () => {
	const [tiny, usual, exact] = [file('Q2_K', 60e6), file('Q4_K_M', 105e6), file('F16', 271e6)];
	const files = [exact, tiny, usual];
	const [group] = groupModels(files);
	expect(mostExactFile(group!)).toBe(exact);
	expect(fileToChatWith(group!)).toBe(usual);
	expect(fileToChatWith({ files: [tiny, { ...exact, default: true }] })?.quantization).toBe('F16');
	expect(fileToChatWith({ files: [{ ...tiny, chat: false }] })).toBeUndefined();
});

test('a file is never measured against a larger one that was quantised from it', () => {
	const source = file('Q4_1', 98e6);
	const larger = file('Q4_K_M', 105e6, { quantizedFrom: source.id });
	const [group] = groupModels([source, larger, file('Q5_K_M', 112e6, { quantizedFrom: larger.id })]);
	expect(mostExactFile(group!)).toBe(source);
	// Its source has left the library.
	expect(mostExactFile({ files: [file('Q2_K', 88e6), larger] })).toBe(larger);
});

test.each([
	['SmolLM2-135M-Instruct.Q4_1', 'SmolLM2-135M-Instruct'],
	['Qwen2.5-7B-Instruct-UD-Q4_K_XL', 'Qwen2.5-7B-Instruct'],
	['Mistral-7B.i1-IQ3_XXS', 'Mistral-7B'],
	['SmolLM2-135M-Instruct.IQ3_M.0a1b2c3d', 'SmolLM2-135M-Instruct'],
	['llama3.2:3b', 'llama3.2:3b'],
	['Q4_K_M', 'Q4_K_M'],
])('the name of a model leaves out the quantisation at its end: %s', (name, plain) => {
	expect(withoutQuantization(name)).toBe(plain);
});
