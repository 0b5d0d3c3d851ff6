import { describe, expect, test } from 'vitest';
import type { FileFigures } from '../../../electron/contract/comparison/file-figures.ts';
import { formatBytes } from '../../../renderer/design/format.ts';
import {
	buildTree,
	describeInGroup,
	formatSizeRange,
	type TreeInput,
	type TreeRow,
} from '../../../renderer/library/model-rows.ts';
import { buildModelFile } from '../../support/fixtures/model.ts';

const problem = { code: 'not-gguf', message: 'This is not a GGUF file.', next: [] };
const small = buildModelFile(1, { quantization: 'Q2_K', sizeBytes: 88_200_000 });
const usual = buildModelFile(2, { quantization: 'Q4_K_M', sizeBytes: 105_000_000, tokensPerSecond: 61.2 });
const exact = buildModelFile(3, { quantization: 'F16', sizeBytes: 271_000_000, tokensPerSecond: 31.4 });
const single = buildModelFile(4, {
	name: 'Llama 3.2 3B',
	parameters: 3.2e9,
	sizeBytes: 2e9,
	tokensPerSecond: 5.8,
	default: false,
});
const broken = buildModelFile(5, { name: 'Broken', path: '/m/broken.gguf', problem, default: false });
const files = [exact, single, broken, usual, small];

const tree = (changes: Partial<TreeInput> = {}) =>
	buildTree({
		files,
		figures: {},
		fits: {},
		filter: '',
		sorting: { column: 'name', descending: false },
		opened: {},
		sum: null,
		...changes,
	});

/** Rows as text: models, their files indented, what needs attention last. */
const read = (rows: readonly TreeRow[]): string[] => rows.map(readRow);

function readRow(row: TreeRow): string {
	switch (row.kind) {
		case 'group':
			return `${row.open ? '-' : '+'} ${row.group.name}`;
		case 'file':
			return row.alone ? row.file.name : `  ${row.file.quantization}`;
		case 'sum':
			return '  sum';
		case 'attention':
			return `${row.open ? '-' : '+'} ${row.count} attention`;
		case 'broken':
			return `  ${row.file.name}`;
	}
}

describe('the tree of models', () => {
	test('has models by name, their files by size, and unusable files folded at the end', () => {
		expect(read(tree())).toEqual([
			...['Llama 3.2 3B', '- SmolLM2 135M Instruct', '  Q2_K', '  Q4_K_M', '  F16', '+ 1 attention'],
		]);
	});

	test('opens and closes by the user’s choice; a breakdown follows its file', () => {
		expect(read(tree({ opened: { 1: false, attention: true } }))).toEqual([
			...['Llama 3.2 3B', '+ SmolLM2 135M Instruct', '- 1 attention', '  Broken'],
		]);
		expect(read(tree({ sum: 2 }))).toContain('  sum');
	});

	test('of many files starts with the default model open', () => {
		const many = Array.from({ length: 20 }, (_, index) =>
			['F16', 'Q8_0'].map((quantization, at) =>
				buildModelFile(100 + index * 2 + at, {
					name: `Model ${index}`,
					parameters: (index + 2) * 1e9,
					quantization,
					default: index === 7 && at === 0,
				}),
			),
		).flat();
		const open = tree({ files: many }).flatMap((row) => (row.kind === 'group' && row.open ? [row.group.name] : []));
		expect(open).toEqual(['Model 7']);
	});

	test('filtered has the matching files, open, and says of how many', () => {
		const rows = tree({ filter: 'smol f16', opened: { 1: false } });
		expect(read(rows)).toEqual(['- SmolLM2 135M Instruct', '  F16']);
		expect(rows[0]).toMatchObject({ ofFiles: 1 });
		expect(read(tree({ filter: 'broken' }))).toEqual(['- 1 attention', '  Broken']);
		expect(tree({ filter: 'nothing' })).toEqual([]);
	});

	test('sorts models by their best file, and what has no value comes last in both directions', () => {
		const by = (descending: boolean) =>
			read(tree({ sorting: { column: 'speed', descending } })).filter((line) => !line.includes('attention'));
		const noSpeed = { ...small, tokensPerSecond: null };
		expect(
			read(tree({ files: [noSpeed, usual, exact, single], sorting: { column: 'speed', descending: true } })),
		).toEqual([...['- SmolLM2 135M Instruct', '  Q4_K_M', '  F16', '  Q2_K', 'Llama 3.2 3B']]);
		expect(by(false)[0]).toBe('Llama 3.2 3B');
	});
});

describe('figures', () => {
	const divergence = (comparisonId: number, referenceId: number, value: number) => ({
		comparisonId,
		at: 1,
		referenceId,
		reference: 'F16',
		value,
		standardError: 0.001,
		sameTop: 0.9,
	});
	const figures = (modelFileId: number, changes: Partial<FileFigures>): FileFigures => ({
		modelFileId,
		divergences: [],
		accuracies: [],
		speed: null,
		...changes,
	});

	test('are those that most files of the model have in common', () => {
		const rows = tree({
			figures: {
				1: figures(1, { divergences: [divergence(2, 2, 0.2), divergence(1, 3, 0.42)] }),
				2: figures(2, { divergences: [divergence(1, 3, 0.05)] }),
				3: figures(3, { divergences: [divergence(1, 3, 0)] }),
			},
		});
		const values = rows.flatMap((row) => (row.kind === 'file' && !row.alone ? [row.figures.divergence?.value] : []));
		expect(values).toEqual([0.42, 0.05, 0]);
	});

	test('a speed of a disturbed comparison gives way to an undisturbed one', () => {
		const speed = { comparisonId: 1, at: 1, tokensPerSecond: 35, sd: 20, n: 5, varied: true };
		const speeds = (file: typeof usual) =>
			tree({ files: [file], figures: { 2: figures(2, { speed }) } }).flatMap((row) =>
				row.kind === 'file' ? [row.figures.speed] : [],
			);
		expect(speeds(usual)).toEqual([{ tokensPerSecond: 61.2, sd: null, disturbed: false, comparisonId: null }]);
		expect(speeds({ ...usual, speedUnderLoad: true })).toMatchObject([{ tokensPerSecond: 35, disturbed: true }]);
	});
});

test('sizes are a range in one unit', () => {
	expect(formatSizeRange([exact, small], formatBytes)).toBe('88.2–271 MB');
	expect(formatSizeRange([single, small], formatBytes)).toBe('88.2 MB – 2.00 GB');
	expect(formatSizeRange([small], formatBytes)).toBe('88.2 MB');
});

test('files with the same quantisation are told apart by their names, else by their file names', () => {
	const twin = buildModelFile(6, { quantization: 'Q2_K', path: '/b/twin.gguf' });
	const group = { key: '1', name: 'x', files: [small, twin, usual], parts: [] };
	expect(group.files.map((file) => describeInGroup(file, group))).toEqual([
		'Q2_K · SmolLM2-135M-Instruct.Q4_1.gguf',
		'Q2_K · twin.gguf',
		'Q4_K_M',
	]);
	const renamed = { ...twin, ownName: 'Other' };
	expect(describeInGroup(renamed, { ...group, files: [small, renamed] })).toBe('Q2_K · Other');
});
