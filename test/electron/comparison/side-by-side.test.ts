import { expect, onTestFinished, test } from 'vitest';
import { createComparisons } from '../../../electron/comparison/comparisons.ts';
import type { ComparisonContext } from '../../../electron/comparison/context.ts';
import { exportComparison } from '../../../electron/comparison/export.ts';
import { importedView, readExport } from '../../../electron/comparison/import.ts';
import { compareSideBySide } from '../../../electron/comparison/side-by-side.ts';
import type { Comparison } from '../../../electron/contract/comparison/schema.ts';
import { run } from '../../../electron/database/sql.ts';
import { createEventBus } from '../../../electron/events.ts';
import { createLane } from '../../../electron/jobs/lane.ts';
import { createQuantizedSizes } from '../../../electron/library/quantized-sizes.ts';
import { createDatabase } from '../../support/database.ts';
import { failureOf } from '../../support/failure.ts';
import { ladderComparison } from '../../support/fake-application/comparison-data.ts';

function open() {
	const { database } = createDatabase();
	const events = createEventBus((error) => {
		throw error;
	});
	const comparisons = createComparisons({
		database,
		events,
		lane: createLane(),
		clock: () => 1,
		log: () => {},
		answering: () => false,
		sizes: createQuantizedSizes(),
		modelsFolder: '/models',
		textsFolder: '/texts',
	} as unknown as ComparisonContext);
	onTestFinished(() => comparisons.close());
	return { database, comparisons };
}

/** The ladder as another computer exports it, with changes to the file's content. */
function exported(changes: object = {}, comparison: Comparison = ladderComparison({ id: 41 })): string {
	const { text } = exportComparison(comparison, 'json');
	return JSON.stringify({ ...(JSON.parse(text) as object), ...changes });
}

test('an imported comparison is stored, shown as imported, and never measured further', async () => {
	const { comparisons } = open();
	const text = exported();
	const kept = await comparisons.import(text);
	expect(kept).toMatchObject({ status: 'done', importedFrom: 'AMD EPYC 7B13, 2 cores', run: { runId: null } });
	expect(kept.rows.map(({ name }) => name)).toEqual(ladderComparison().rows.map(({ name }) => name));
	// Nothing in it can be mistaken for a file on this computer.
	expect(kept.rows.every(({ modelFileId }) => modelFileId === null)).toBe(true);
	expect(kept.rows.find(({ candidateId }) => candidateId === kept.verdict?.choose)?.name).toBe('Q4_K_M');
	expect(comparisons.list()).toMatchObject([{ id: kept.id, importedFrom: 'AMD EPYC 7B13, 2 cores', done: 71 }]);
	expect((await comparisons.import(text)).id).toBe(kept.id);
	expect(await failureOf(() => comparisons.resume(kept.id))).toMatchObject({ code: 'comparison-done' });
	await comparisons.remove(kept.id);
	expect(comparisons.list()).toEqual([]);
});

test('an imported comparison is put side by side only with comparisons of the same weights', async () => {
	const { database, comparisons } = open();
	const kept = await comparisons.import(exported());
	expect(comparisons.sideBySide(kept.id, null)).toEqual({ partners: [], pair: null });
	const other = await comparisons.import(exported({ conditions: { processor: 'Apple M4', cores: 10, threads: 4 } }));
	const { partners, pair } = comparisons.sideBySide(kept.id, null);
	expect(partners).toEqual([{ id: other.id, title: other.title, machine: 'Apple M4, 10 cores' }]);
	expect(pair).toMatchObject({ otherId: other.id, machines: ['AMD EPYC 7B13, 2 cores', 'Apple M4, 10 cores'] });
	expect(pair?.files).toHaveLength(8);
	// A local comparison of other files is no partner, but one of these files is.
	run(
		database,
		`INSERT INTO comparisons (title, status, context_size, prompt_tokens, generated_tokens, repetitions,
		threads, kl_limit, created_at) VALUES ('Here', 'done', 512, 512, 128, 5, 0, 0.1, 9e12)`,
		{},
	);
	const here = comparisons.list().find(({ title }) => title === 'Here')!;
	const model = (sha256: string, path: string): void => {
		run(
			database,
			`INSERT INTO model_files (path, name, size_bytes, modified_at, sha256, architecture, parameters,
			quantization, added_at) VALUES (:path, 'Tiny', 1, 0, :sha256, 'llama', 1, 'F16', 0)`,
			{ path, sha256 },
		);
		run(
			database,
			`INSERT INTO comparison_candidates (comparison_id, position, name, model_file_id, path, quantization)
			SELECT :id, id, 'F16', id, path, 'F16' FROM model_files WHERE path = :path`,
			{ id: here.id, path },
		);
	};
	model('another', '/a.gguf');
	expect(comparisons.sideBySide(kept.id, null).partners.map(({ id }) => id)).toEqual([other.id]);
	model('weights-F16', '/b.gguf');
	expect(comparisons.sideBySide(kept.id, null).partners.map(({ id }) => id)).toEqual([here.id, other.id]);
	expect(
		comparisons
			.sideBySide(here.id, null)
			.partners.map(({ id }) => id)
			.toSorted(),
	).toEqual([kept.id, other.id]);
	expect(comparisons.sideBySide(kept.id, here.id).pair?.files.map(({ name }) => name)).toEqual(['F16']);
});

const there = (change: (row: Comparison['rows'][number]) => object): Comparison => {
	const comparison = ladderComparison();
	return importedView(9, { ...comparison, rows: comparison.rows.map((row) => ({ ...row, ...change(row) })) });
};
const scaled = (factor: number) => (row: Comparison['rows'][number]) => ({
	quality: row.quality.map((one) => ({ ...one, perplexity: one.perplexity * factor })),
});

test('a quality difference between the same weights on two computers is reported for each file', () => {
	const here = ladderComparison();
	expect(
		compareSideBySide(
			here,
			there(() => ({})),
		)?.words,
	).toMatch(/^Quality agrees, as the same weights must/);
	// Within the rounding differences between processors.
	expect(compareSideBySide(here, there(scaled(1.002)))?.files.map(({ agrees }) => agrees)).not.toContain(false);
	const odd = compareSideBySide(
		here,
		there((row) => (row.name === 'Q4_0' ? scaled(1.02)(row) : {})),
	);
	expect(odd?.words).toMatch(/^Quality differs for Q4_0\. .* before you compare speeds/);
	expect(odd?.files.filter(({ agrees }) => agrees === false).map(({ name }) => name)).toEqual(['Q4_0']);
	const nowhere = there((row) => ({ quality: row.quality.map((one) => ({ ...one, textSha256: 'other' })) }));
	expect(compareSideBySide(here, nowhere)?.words).toMatch(/not measured on the same texts/);
	expect(
		compareSideBySide(
			here,
			there(() => ({ sha256: null })),
		),
	).toBeNull();
});

test('divergences from two different references are not compared', () => {
	const swapped = there((row) => ({
		reference: row.name === 'Q8_0',
		quality: row.quality.map((one) => ({ ...one, klDivergence: one.klDivergence * 2 })),
	}));
	expect(compareSideBySide(ladderComparison(), swapped)?.files.map(({ agrees }) => agrees)).not.toContain(false);
});

test.each([
	['invalid JSON', '{"format": "assay-comp', 'comparison-file-invalid'],
	['JSON in another format', '{"rows": []}', 'comparison-file-invalid'],
	['a list', '[1, 2]', 'comparison-file-invalid'],
	['a time beyond any calendar', exported({ createdAt: 9e15 }), 'comparison-file-invalid'],
	['null', 'null', 'comparison-file-invalid'],
	['a newer format version', exported({ version: 2 }), 'comparison-file-newer'],
	['a format version that is not a number', exported({ version: '1' }), 'comparison-file-invalid'],
	['rows that are not a list', exported({ rows: 'DROP TABLE comparisons' }), 'comparison-file-invalid'],
	['an infinite number', exported().replace('"klLimit":0.1', '"klLimit":1e999'), 'comparison-file-invalid'],
	[
		'a thousand files',
		exported({ rows: Array.from({ length: 1000 }, () => ladderComparison().rows[0]) }),
		'comparison-file-invalid',
	],
	['an export without measurements', exported({}, ladderComparison({}, 0)), 'comparison-file-empty'],
	['a file larger than any export', ' '.repeat(8_000_001), 'comparison-file-invalid'],
])('%s is refused with a next step', async (_, text, code) => {
	expect((await failureOf(() => readExport(text))).code).toBe(code);
});

test('ids, names and markup in a hostile file are treated as data', async () => {
	const rows = ladderComparison().rows.map((row) => ({
		...row,
		candidateId: 1,
		modelFileId: 1,
		name: '<img src=x>|=1+1',
	}));
	const { comparisons } = open();
	const kept = await comparisons.import(exported({ rows, id: 1, title: 'x'.repeat(100_000), status: 'running' }));
	expect(kept.rows.map(({ candidateId }) => candidateId)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
	expect({ length: kept.title.length, status: kept.status }).toEqual({ length: 500, status: 'done' });
	expect(exportComparison(kept, 'markdown').text).toContain('<img src=x>\\|=1+1');
});
