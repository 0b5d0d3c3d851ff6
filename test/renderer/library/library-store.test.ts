import { describe, expect, test } from 'vitest';
import { describeQuality, qualityWords } from '../../../electron/contract/library/quality.ts';
import { sizeWordOf } from '../../../models/hub/quantization-names.ts';
import { shortenCause } from '../../../renderer/library/broken-cause.ts';
import { highlightTemplate } from '../../../renderer/library/chat-template-part.tsx';
import { filterModels } from '../../../renderer/library/filter-models.ts';
import {
	describeChange,
	formatDeviation,
	formatGigabytes,
	formatMemorySize,
} from '../../../renderer/library/fit-wording.ts';
import { chooseModel } from '../../../renderer/library/library-store.ts';
import { describeSource } from '../../../renderer/library/model-wording.ts';
import { describeScanReport } from '../../../renderer/library/scan-card.tsx';
import { buildModelFile } from '../../support/fixtures/model.ts';

const problem = { code: 'not-gguf', message: 'This is not a GGUF file.', next: [] };

describe('memory figures', () => {
	test('have two decimals, a true minus sign, and the sign of an error', () => {
		expect([formatGigabytes(4_683_073_536), formatGigabytes(-450_000_000), formatGigabytes(-1)]).toEqual([
			'4.68 GB',
			'−0.45 GB',
			'0.00 GB',
		]);
		expect([formatMemorySize(16e9), formatMemorySize(15.6e9)]).toEqual(['16 GB', '15.6 GB']);
		expect([formatDeviation(5.45e9, 5.52e9), formatDeviation(100, 99)]).toEqual(['+1.3\u00A0%', '−1.0\u00A0%']);
	});

	test('name the change that a setting makes', () => {
		const options = {
			contextSize: 8192,
			keyType: 'F16' as const,
			valueType: 'F16' as const,
			flashAttention: true,
			mapWeights: true,
			batchSize: 512,
			gpuLayers: 0,
		};
		expect(describeChange({ contextSize: 4096 }, options)).toBe('Context 4,096 instead of 8,192');
		expect(describeChange({ keyType: 'Q8_0', valueType: 'Q8_0' }, options)).toBe('KV cache as Q8_0');
	});
});

test('a file names where it came from', () => {
	expect(
		[null, 'made here', 'huggingface.co/a/b', 'LM Studio', '/home/ada/my models/', 'D:\\models'].map(describeSource),
	).toEqual([
		...['Added by you', 'Quantised here', 'huggingface.co/a/b', 'LM Studio', 'Found in my models', 'Found in models'],
	]);
});

test('a quantisation has the same label here as among the downloadable models', () => {
	const types = [
		'F16',
		'BF16',
		'Q8_0',
		'Q6_K',
		'Q5_K_M',
		'Q4_K_M',
		'Q4_0',
		'IQ4_XS',
		'Q3_K_M',
		'IQ3_M',
		'Q2_K',
		'IQ2_XS',
	];
	expect(types.map((type) => [type, describeQuality(type)])).toEqual(
		types.map((type) => [type, qualityWords[sizeWordOf(type) ?? 'Tiny']]),
	);
});

describe('the list', () => {
	const files = [
		buildModelFile(1, { name: 'Broken', problem }),
		buildModelFile(2, { name: 'Words', kind: 'embedding', chat: false }),
		buildModelFile(3, { name: 'Llama 3.2', quantization: 'Q4_K_M', source: 'LM Studio' }),
	];

	test.each([
		['llama q4_k', ['Llama 3.2']],
		['embedding', ['Words']],
		['lm studio', ['Llama 3.2']],
		['  ', ['Broken', 'Words', 'Llama 3.2']],
		['llama q8_0', []],
	])('filtered by “%s” has the entries that contain every word', (filter, names) => {
		expect(filterModels(files, filter).map(({ name }) => name)).toEqual(names);
	});

	test('a conversation finds its model under another file with the same weights', () => {
		const model = buildModelFile(4, { copies: [{ id: 9, path: '/b.gguf' }] });
		expect(chooseModel([buildModelFile(1), model], 9)?.id).toBe(4);
	});

	test('says how much of a broken file is here', () => {
		const message = 'This model file is incomplete: it has 3.11 of 4.78 GB (the last of its 291 tensors needs …).';
		expect(shortenCause({ message })).toBe('Incomplete: 3.11 of 4.78 GB.');
		expect(shortenCause(problem)).toBe('This is not a GGUF file.');
	});
});

test('a scan is summarised in one line', () => {
	const nothing = { files: 0, added: 0, known: 0, broken: 0, unreadable: [] };
	expect(describeScanReport(nothing)).toBe('No GGUF files found.');
	expect(
		describeScanReport({
			...nothing,
			files: 6,
			added: 3,
			known: 2,
			broken: 1,
			unreadable: [{ path: '/x', failure: problem }],
		}),
	).toBe('3 added · 2 already known · 1 needs attention · 1 folder couldn’t be read');
});

describe('chat template', () => {
	test('is coloured in pieces that join to the whole template', () => {
		const source = "{# who #}{% for m in messages %}<|{{ m['role'] }}|>{{- m.content -}}{% endfor %}";
		const marks = highlightTemplate(source);
		expect(marks.map(({ text }) => text).join('')).toBe(source);
		expect(marks.find(({ kind }) => kind === 'comment')?.text).toBe('{# who #}');
		expect(marks.filter(({ kind }) => kind === 'keyword').map(({ text }) => text.trim())).toContain('for');
		expect(marks.filter(({ kind }) => kind === 'string').map(({ text }) => text)).toEqual(["'role'"]);
		expect(marks.filter(({ kind }) => kind === 'text').map(({ text }) => text)).toEqual(['<|', '|>']);
	});

	test.each(['', '{% unfinished', "{{ 'quote }}", '}}{{'])('that is broken (%s) loses no text', (source) => {
		expect(
			highlightTemplate(source)
				.map(({ text }) => text)
				.join(''),
		).toBe(source);
	});
});
